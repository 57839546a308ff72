-- Grain: one row per outcome as reported.
with

source as (

    select * from {{ landing('business', 'outcomes') }}

)

select
    'outcomes' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['outcome_id is null', "'outcome_id is empty: it is needed. Write a unique id'"],
        ['outcome_type is null', "'outcome_type is empty: it is needed. Write the kind of outcome'"],
        ['attempt_number < 1', bad_value('attempt_number', 'a try counts from 1', 'Write 1 for the first')],
        ['occurred_at is null', "'occurred_at is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
    ]) }} as x_quarantine_reason,

    outcome_id,
    outcome_type,
    feature,
    team,

    occurred_at,
    success,
    agent_session_id,
    task_id,
    attempt_number,
    recorded_at,
    value
from source
