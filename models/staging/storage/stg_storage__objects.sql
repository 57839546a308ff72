-- Grain: one row per bucket, prefix, storage class and day, as delivered.
with

source as (

    select * from {{ landing('storage', 'objects') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'object_storage' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['bucket is null', "'bucket is empty: it is needed. Write the bucket'"],
        ['usage_date is null', "'usage_date is empty: it is needed. Write 2026-08-01'"],
        ['bytes is null', "'bytes is empty: it is needed. Write the average bytes stored that day'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    bucket,
    prefix,
    storage_class,

    usage_date,
    bytes,
    {{ tag_map('entries') }} as tags
from tagged
