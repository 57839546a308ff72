-- Grain: one row per session that ran away, in the month it began in: what its steps cost beyond where its agent's other sessions end.
with

sessions as (

    select
        agent_session_id,
        agent_name,
        team,
        feature,
        cast(date_trunc('month', started_at) as date) as billing_month,
        steps,
        is_success,
        coalesce(is_runaway, false) as is_runaway,
        effective_cost_reporting
    from {{ ref('agent_session_costs') }}

),

-- How far the agent's other sessions ever went, and how far nineteen in twenty of them.
usual as (

    select
        agent_name,
        max(steps) as most_steps,
        cast(quantile_disc(steps, 0.95) as bigint) as usual_steps
    from sessions
    where not is_runaway
    group by agent_name

),

beyond as (

    select
        sessions.agent_session_id,
        count(*) as steps,
        max(usual.usual_steps) as usual_steps,
        sum(case when steps.step_number > usual.most_steps then steps.effective_cost_reporting else 0 end) as beyond_most,
        sum(case when steps.step_number > usual.usual_steps then steps.effective_cost_reporting else 0 end) as beyond_usual,
        sum(steps.effective_cost_reporting) as all_steps
    from {{ ref('agent_step_costs') }} as steps
    -- Only sessions that ran away, of agents whose other sessions say how far is usual.
    inner join sessions on steps.agent_session_id = sessions.agent_session_id
    inner join usual on sessions.agent_name = usual.agent_name
    where sessions.is_runaway
    group by sessions.agent_session_id

)

select
    'runaway_session' as kind,
    'agents' as layer,
    cast(null as varchar) as provider,
    cast(null as varchar) as sub_account_id,
    cast(null as varchar) as region_id,
    sessions.agent_session_id as subject,
    sessions.team,
    sessions.feature,
    sessions.billing_month,
    sessions.team || '|' || sessions.feature as overlap_key,
    cast(beyond.steps as varchar) || ' steps; 19 in 20 sessions of ' || sessions.agent_name || ' stay within ' || cast(beyond.usual_steps as varchar) as evidence,
    beyond.steps as evidence_rows,
    cast(beyond.all_steps as decimal(38, 12)) as current_cost_reporting,
    cast(beyond.beyond_most as decimal(38, 12)) as saving_low_reporting,
    cast(beyond.beyond_usual as decimal(38, 12)) as saving_reporting,
    cast(beyond.all_steps as decimal(38, 12)) as saving_high_reporting
from beyond
inner join sessions on beyond.agent_session_id = sessions.agent_session_id
