-- Grain: one row per object generation and inventory report, as listed; int_storage__listed aggregates it at once.
with

source as (

    select * from {{ landing('storage', 'gcs_inventory') }}

),

dated as (

    select
        *,
        coalesce(inventory_date, {{ date_in_path('x_source_file') }}) as as_of_date
    from source

)

select
    'gcs_inventory' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['bucket is null', "'bucket is empty: it is needed. Add bucket to the metadata fields of the report'"],
        ['size is null or size < 0', bad_value('size', 'a size in bytes is needed', 'Add size to the metadata fields of the report')],
        ['as_of_date is null', "'the day of the inventory is not known: neither the column inventory_date nor the path names it. Land the file under a folder like dt=2026-08-03'"],
    ]) }} as x_quarantine_reason,

    'gcp' as provider,
    project as account_id,
    lower(location) as region,
    bucket,
    {{ folders_of('name') }} as folder,
    coalesce(storage_class, 'STANDARD') as storage_class,
    case when time_deleted is null then 'current' else 'noncurrent_version' end as version_state,

    size as bytes,
    as_of_date,
    cast(updated as date) as last_modified_date,
    cast(null as boolean) as is_unread
from dated
