-- Grain: one row per agent session that worked for a business outcome: the last it had.
with

outcomes as (

    select
        links.agent_session_id,
        events.outcome_type,
        events.feature,
        events.is_success,
        row_number() over (
            partition by links.agent_session_id
            order by events.occurred_at desc, events.outcome_id desc
        ) as outcome_rank
    from {{ ref('bridge_outcomes_sessions') }} as links
    left join {{ ref('int_outcomes__events') }} as events on links.outcome_id = events.outcome_id

)

select
    agent_session_id,
    outcome_type,
    feature,
    is_success
from outcomes
where outcome_rank = 1
