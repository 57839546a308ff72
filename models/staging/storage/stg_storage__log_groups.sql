-- Grain: one row per log group and day, as delivered.
with

source as (

    select * from {{ landing('storage', 'log_groups') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'log_groups' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['log_group is null', "'log_group is empty: it is needed. Write the log group'"],
        ['usage_date is null', "'usage_date is empty: it is needed. Write 2026-08-01'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    {{ resource_name('log_group') }} as log_group,

    usage_date,
    ingested_bytes,
    stored_bytes,
    {{ tag_map('entries') }} as tags
from tagged
