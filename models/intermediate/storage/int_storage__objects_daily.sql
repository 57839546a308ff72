-- Grain: one row per bucket, prefix, storage class, carry state, tags and day. A bucket's day is told by one source: the daily bytes delivered, else the inventory, else Storage Lens.
with

delivered as (

    select
        *,
        row_number() over (
            partition by provider, account_id, bucket, prefix, storage_class, usage_date, cast(tags as varchar)
            order by x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_storage__objects') }}
    where x_quarantine_reason is null

),

-- A bucket's name is the provider's only one, so the bill says whose it is and where, when the inventory does not.
billed as (

    select
        provider,
        resource_key,
        case when min(sub_account_id) = max(sub_account_id) then min(sub_account_id) end as account_id,
        case when min(region_id) = max(region_id) then min(region_id) end as region
    from {{ ref('int_charges__pools') }}
    where driver_kind = 'object_storage' and resource_key is not null
    group by provider, resource_key

),

{% set columns %}provider, account_id, region, bucket, prefix, storage_class, carry_state, usage_date{% endset -%}
told as (

    select
        provider,
        account_id,
        region,
        bucket,
        coalesce(prefix, '') as prefix,
        storage_class,
        'kept' as carry_state,
        usage_date,
        cast(bytes as decimal(38, 0)) as bytes,
        tags,
        1 as source_rank
    from delivered
    where record_rank = 1
    {% for model in ['int_storage__listed_daily', 'int_storage__lens_daily'] -%}
    union all
    select {{ columns }}, bytes, {{ no_tags() }} as tags, {{ loop.index + 1 }} as source_rank
    from {{ ref(model) }}
    {% endfor %}

),

chosen as (

    select
        provider,
        bucket,
        usage_date,
        min(source_rank) as source_rank
    from told
    group by provider, bucket, usage_date

)

select
    told.provider,
    coalesce(told.account_id, billed.account_id) as account_id,
    coalesce(told.region, billed.region) as region,
    told.bucket,
    told.prefix,
    told.storage_class,
    told.carry_state,
    told.usage_date,
    told.bytes,
    told.tags
from told
inner join chosen
    on
        told.provider is not distinct from chosen.provider
        and told.bucket = chosen.bucket
        and told.usage_date = chosen.usage_date
        and told.source_rank = chosen.source_rank
left join billed on told.provider = billed.provider and {{ resource_key('told.bucket') }} = billed.resource_key
