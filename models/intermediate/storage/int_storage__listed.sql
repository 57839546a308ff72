-- Grain: one row per inventory, bucket, first four folders, storage class, version state, write day and whether it was read.
-- The one pass over object lists: keys are aggregated as they are read and never kept. Two inventories of one bucket and day count once.
with

{% set sources = ['s3_inventory', 'gcs_inventory', 'blob_inventory'] -%}
listed as (

    {% for source in sources -%}
    select
        provider,
        account_id,
        region,
        bucket,
        folder,
        storage_class,
        version_state,
        is_unread,
        last_modified_date,
        as_of_date,
        -- An inventory is cut in files of one folder.
        regexp_extract(x_source_file, '^(.*)/', 1) as inventory,
        sum(bytes) as bytes,
        count(*) as objects
    from {{ ref('stg_storage__' ~ source) }}
    where x_quarantine_reason is null
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

sizes as (

    select
        provider,
        bucket,
        as_of_date,
        inventory,
        sum(objects) as objects
    from listed
    group by all

),

-- A daily and a weekly inventory of one bucket list the same objects: the fuller one counts.
counted as (

    select
        provider,
        bucket,
        as_of_date,
        min_by(inventory, -objects) as inventory
    from sizes
    group by provider, bucket, as_of_date

)

select
    listed.provider,
    listed.account_id,
    listed.region,
    listed.bucket,
    listed.folder,
    listed.storage_class,
    listed.version_state,
    listed.is_unread,
    listed.last_modified_date,
    listed.as_of_date,
    cast(listed.bytes as decimal(38, 0)) as bytes,
    listed.objects
from listed
inner join counted
    on
        listed.provider = counted.provider
        and listed.bucket = counted.bucket
        and listed.as_of_date = counted.as_of_date
        and listed.inventory = counted.inventory
