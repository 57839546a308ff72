-- Grain: one row per node and interval it existed, as delivered.
with

source as (

    select * from {{ landing('kubernetes', 'node_hours') }}

)

select
    'node_hours' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['resource_id is null and node_name is null', "'resource_id is empty: it is needed. Write the instance id of the bill'"],
        ['started_at is null', "'started_at is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['gpus is null', "'gpus is empty: it is needed. Write the number of GPUs of the node'"],
        ['ended_at < started_at', "'ended_at is before started_at: correct the interval'"],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    account_id,
    region,
    cluster,
    node_name,
    {{ resource_name('resource_id') }} as resource_id,
    instance_type,
    cast(gpus as decimal(18, 6)) as gpus,

    started_at,
    ended_at
from source
