-- Grain: one row per agent session that the agents' own records tell of.
with

runs as (

    select
        *,
        row_number() over (
            partition by agent_session_id
            order by ended_at desc nulls last, started_at asc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_agents__agent_runs') }}
    where
        x_quarantine_reason is null
        and agent_session_id is not null

)

select
    agent_session_id,
    agent_name,
    task_id,
    attempt_number,
    started_at,
    ended_at,
    status,
    calls_reported,
    reported_cost_usd,
    tags
from runs
where record_rank = 1
