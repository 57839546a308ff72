-- Grain: one row per object version and inventory, as listed; int_storage__listed aggregates it at once.
-- Versions that are not the latest are stored and billed; a delete marker has no bytes; infrequent access bills 128 KB at least (S3 pricing, 2026-11).
with

source as (

    select * from {{ landing('storage', 's3_inventory') }}

),

dated as (

    select
        *,
        coalesce(inventory_date, {{ date_in_path('x_source_file') }}) as as_of_date
    from source

)

select
    's3_inventory' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['bucket is null', "'bucket is empty: it is needed. Land the inventory with the column names of its manifest as header'"],
        ["size is null and not coalesce(is_delete_marker, false)", "'size is empty: it is needed. Add Size to the fields of the inventory'"],
        ['size < 0', bad_value('size', 'a size is not negative', 'Deliver the inventory as it was written')],
        ['as_of_date is null', "'the day of the inventory is not known: neither the column inventory_date nor the path names it. Land the file under a folder like dt=2026-08-03'"],
    ]) }} as x_quarantine_reason,

    'aws' as provider,
    account_id,
    region,
    bucket,
    {{ folders_of('key') }} as folder,
    coalesce(storage_class, 'STANDARD') as storage_class,
    case when coalesce(is_latest, true) then 'current' else 'noncurrent_version' end as version_state,

    case
        when coalesce(is_delete_marker, false) then 0
        when storage_class in ('STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR') then greatest(size, 131072)
        else size
    end as bytes,
    as_of_date,
    cast(last_modified_date as date) as last_modified_date,
    cast(null as boolean) as is_unread
from dated
