-- Grain: one row per cap and session with more steps than it allows.
-- Conserves: nothing; under each cap these are the steps of agent_step_costs beyond it. What a session caused beside its calls is not cut: nobody knows by which step.
with

steps as (

    {% for cap in var('agent_step_caps') -%}
    select
        {{ cap }} as step_cap,
        agent_session_id,
        calls,
        effective_cost_reporting
    from {{ ref('agent_step_costs') }}
    where step_number > {{ cap }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cut as (

    select
        step_cap,
        agent_session_id,
        count(*) as cut_steps,
        sum(calls) as cut_calls,
        sum(effective_cost_reporting) as cut_cost_reporting
    from steps
    group by step_cap, agent_session_id

)

select
    cut.step_cap,
    cut.agent_session_id,
    sessions.team,
    sessions.feature,
    cast(date_trunc('month', sessions.started_at) as date) as session_month,
    sessions.steps,
    cut.cut_steps,
    cast(cut.cut_calls as bigint) as cut_calls,
    sessions.outcome_type,
    sessions.is_success,
    coalesce(sessions.is_success, false) as loses_success,
    sessions.effective_cost_reporting,
    cast(cut.cut_cost_reporting as decimal(38, 12)) as cut_cost_reporting
from cut
left join {{ ref('agent_session_costs') }} as sessions on cut.agent_session_id = sessions.agent_session_id
