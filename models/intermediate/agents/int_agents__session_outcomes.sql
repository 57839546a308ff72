-- Grain: one row per agent session that ended in a business outcome; a session pays for the last outcome it had.
with

outcomes as (

    select
        *,
        row_number() over (
            partition by agent_session_id
            order by occurred_at desc, outcome_id desc
        ) as outcome_rank
    from {{ ref('int_outcomes__events') }}
    where agent_session_id is not null

)

select
    agent_session_id,
    outcome_type,
    feature,
    is_success
from outcomes
where outcome_rank = 1
