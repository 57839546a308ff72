-- Grain: one row per volume and attachment interval, as delivered.
with

source as (

    select * from {{ landing('storage', 'volumes') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'volumes' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['volume_id is null', "'volume_id is empty: it is needed. Write the volume'"],
        ['started_at is null', "'started_at is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['size_gib is null', "'size_gib is empty: it is needed. Write the size in GiB'"],
        ['ended_at < started_at', "'ended_at is before started_at: correct the interval'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    {{ resource_name('volume_id') }} as volume_id,
    volume_type,
    size_gib,
    attached_to,

    started_at,
    ended_at,
    {{ tag_map('entries') }} as tags
from tagged
