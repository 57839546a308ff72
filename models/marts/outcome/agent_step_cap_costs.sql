-- Grain: one row per cap, team, feature and month sessions started in: what their steps beyond the cap cost, and what would have been lost with them.
-- Conserves: under each cap, the effective cost of agent_session_costs.
with

caps as (

    {% for cap in var('agent_step_caps') -%}
    select {{ cap }} as step_cap
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

sessions as (

    select
        caps.step_cap,
        sessions.agent_session_id,
        sessions.team,
        sessions.feature,
        cast(date_trunc('month', sessions.started_at) as date) as session_month,
        sessions.effective_cost_reporting
    from {{ ref('agent_session_costs') }} as sessions
    cross join caps

),

cut as (

    select * from {{ ref('agent_sessions_cut') }}

)

select
    sessions.step_cap,
    sessions.session_month,
    sessions.team,
    sessions.feature,
    count(*) as sessions,
    count(cut.agent_session_id) as cut_sessions,
    cast(coalesce(sum(cut.cut_steps), 0) as bigint) as cut_steps,
    cast(coalesce(sum(cut.cut_calls), 0) as bigint) as cut_calls,
    cast(sum(case when cut.loses_success then 1 else 0 end) as bigint) as cut_successes,
    cast(sum(case when not cut.is_success then 1 else 0 end) as bigint) as cut_failures,
    cast(sum(case when cut.agent_session_id is not null and cut.is_success is null then 1 else 0 end) as bigint) as cut_without_outcome,
    cast(sum(sessions.effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
    cast(coalesce(sum(cut.cut_cost_reporting), 0) as decimal(38, 12)) as cut_cost_reporting,
    cast(coalesce(sum(case when cut.loses_success then cut.cut_cost_reporting end), 0) as decimal(38, 12)) as cut_success_cost_reporting
from sessions
left join cut
    on
        sessions.step_cap = cut.step_cap
        and sessions.agent_session_id = cut.agent_session_id
group by sessions.step_cap, sessions.session_month, sessions.team, sessions.feature
