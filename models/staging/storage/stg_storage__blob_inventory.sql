-- Grain: one row per blob, version and snapshot of an inventory, as listed; int_storage__listed aggregates it at once.
-- The bill names the storage account, so the account is the bucket and the container the first folder.
with

source as (

    select * from {{ landing('storage', 'blob_inventory') }}

),

dated as (

    select
        *,
        coalesce(inventory_date, {{ date_in_path('x_source_file') }}) as as_of_date,
        content_length as bytes_listed,
        coalesce(storage_account, nullif(regexp_extract(x_source_file, '(?:^|/)account=([^/]+)', 1), '')) as account_named
    from source

)

select
    'blob_inventory' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['bytes_listed is null or bytes_listed < 0', "'Content-Length is empty or negative: it is needed. Add Content-Length to the schema fields of the rule'"],
        ['account_named is null', "'the storage account is not known: neither the column storage_account nor the path names it. Land the file under a folder like account=NAME'"],
        ['as_of_date is null', "'the day of the inventory is not known: neither the column inventory_date nor the path names it. Land the file under a folder like dt=2026-08-03'"],
    ]) }} as x_quarantine_reason,

    'azure' as provider,
    subscription_id as account_id,
    cast(null as varchar) as region,
    account_named as bucket,
    {{ folders_of('name') }} as folder,
    coalesce(access_tier, 'Hot') as storage_class,
    case when coalesce(is_current_version, true) and snapshot is null and not coalesce(deleted, false) then 'current' else 'noncurrent_version' end as version_state,

    bytes_listed as bytes,
    as_of_date,
    cast(last_modified as date) as last_modified_date,
    {{ is_unread('last_access_time', 'as_of_date') }} as is_unread
from dated
