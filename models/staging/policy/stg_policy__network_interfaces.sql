-- Grain: one row per network interface and interval: who stands behind it.
with

source as (

    select * from {{ landing('policy', 'network_interfaces') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'policy_network_interfaces' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['interface_id is null', "'interface_id is empty: it is needed. Write the id the flow logs carry'"],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    account_id,
    interface_id,
    {{ resource_name('resource_id') }} as resource_id,
    workload,

    valid_from,
    valid_to,
    comment,
    {{ tag_map('entries') }} as tags
from tagged
