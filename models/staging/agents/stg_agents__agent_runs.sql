-- Grain: one row per agent session as its runtime reports it.
with

source as (

    select * from {{ landing('agents', 'agent_runs') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'agent_runs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['agent_session_id is null', "'agent_session_id is empty: it is needed. Write the id the calls carry'"],
        ['started_at is null', "'started_at is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['ended_at < started_at', "'ended_at is before started_at: correct the interval'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    agent_session_id,
    agent_name,
    task_id,
    attempt_number,

    started_at,
    ended_at,
    lower(status) as status,
    calls_reported,
    reported_cost_usd,
    {{ tag_map('entries') }} as tags
from tagged
