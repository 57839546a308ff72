-- Grain: one row per query of a vector index, as delivered.
with

source as (

    select * from {{ landing('vector', 'queries') }}

),

tagged as (

    select
        *,
        {{ tags_are_clean('tags_map') }} as has_clean_tags,
        case when not has_clean_tags then {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} end as entries
    from source

)

select
    'vector_queries' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['queried_at is null', "'queried_at is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['index_name is null', "'index_name is empty: it is needed. Write the index or collection'"],
        ['query_units < 0', bad_value('query_units', 'a number of at least 0 is needed', 'Correct the row')],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    coalesce(query_id, {{ row_id() }}) as query_id,
    lower(engine) as engine,
    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    index_name,

    queried_at,
    query_units,
    agent_session_id,
    case when has_clean_tags then tags_map else {{ tag_map('entries') }} end as tags
from tagged
