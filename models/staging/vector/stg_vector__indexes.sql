-- Grain: one row per vector index and day, as delivered.
with

source as (

    select * from {{ landing('vector', 'indexes') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'vector_indexes' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['usage_date is null', "'usage_date is empty: it is needed. Write 2026-08-01'"],
        ['index_name is null', "'index_name is empty: it is needed. Write the index or collection'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    lower(engine) as engine,
    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    index_name,

    usage_date,
    storage_gib,
    vectors,
    indexing_units,
    {{ tag_map('entries') }} as tags
from tagged
