-- Grain: one row per trace of Langfuse, in its newest state, and one per row that could not be read.
with

source as (

    select * from {{ landing('langfuse', 'traces') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by project_id, id, x_reject_reason is null
            order by event_ts desc nulls last, x_source_file asc, x_source_row_number asc
        ) as state_rank
    from source

)

select
    'langfuse_traces' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([['id is null', "'id is empty: the trace is needed. Export the column'"]]) }} as x_quarantine_reason,
    project_id,
    id,
    trace_name,
    user_id,
    session_id,
    tags,
    environment,
    metadata
from ranked
where
    state_rank = 1
    or x_reject_reason is not null
    or id is null
