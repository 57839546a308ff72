-- Grain: one row per agent session seen in the calls, and when its first call began.
with

calls as (

    select
        agent_session_id,
        started_at
    from {{ ref('int_inference__records') }}
    where
        not is_repeated
        and not is_repeating_span
    union all
    select
        agent_session_id,
        started_at
    from {{ ref('int_inference__repeated_calls') }}

)

select
    agent_session_id,
    min(started_at) as first_call_at
from calls
where agent_session_id is not null
group by agent_session_id
