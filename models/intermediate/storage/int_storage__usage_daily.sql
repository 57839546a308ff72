-- Grain: one row per day, stored thing (bucket prefix, volume, log group), kind of charge and owner evidence.
-- Bytes become GiB-days (a GiB is 2^30 bytes) before anything is multiplied by them.
with

objects as (

    select * from {{ ref('int_storage__objects_daily') }}

),

volumes as (

    select
        *,
        row_number() over (partition by provider, volume_id, started_at order by x_source_file desc, x_source_row_number desc) as record_rank
    from {{ ref('stg_storage__volumes') }}
    where x_quarantine_reason is null

),

log_groups as (

    select
        *,
        row_number() over (
            partition by provider, account_id, region, log_group, usage_date, cast(tags as varchar)
            order by x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_storage__log_groups') }}
    where x_quarantine_reason is null

),

horizon as (

    select cast(max(charge_period_end) as timestamp) as billed_until from {{ ref('int_charges__unioned') }}

),

open_volumes as (

    select
        volumes.provider,
        volumes.account_id,
        volumes.region,
        volumes.volume_id,
        volumes.size_gib,
        case when volumes.attached_to is null then 'unattached' else 'kept' end as carry_state,
        volumes.tags,
        volumes.started_at,
        coalesce(volumes.ended_at, horizon.billed_until) as ended_at
    from volumes
    cross join horizon
    where volumes.record_rank = 1

),

volume_hours as (

    {{ explode_hours('open_volumes', 'started_at', 'ended_at', ['provider', 'account_id', 'region', 'volume_id', 'size_gib', 'carry_state', 'tags']) }}

),

{% set columns %}provider, account_id, region{% endset -%}
unioned as (

    select
        cast(usage_date as timestamp) as usage_hour, {{ columns }}, 'object_storage' as driver_kind, bucket,
        cast(null as varchar) as log_group, {{ resource_key('bucket') }} as resource_id, prefix as part,
        bucket || '/' || prefix as prefix, carry_state, tags,
        cast(bytes / cast(1073741824 as decimal(38, 6)) as decimal(38, 6)) as units
    from objects

    {% for driver_kind in ['volume', 'snapshot'] -%}
    union all
    select
        date_trunc('day', usage_hour) as usage_hour, {{ columns }}, '{{ driver_kind }}' as driver_kind, cast(null as varchar) as bucket,
        cast(null as varchar) as log_group, {{ resource_key('volume_id') }} as resource_id, volume_id as part,
        cast(null as varchar) as prefix, {{ "'kept' as carry_state" if driver_kind == 'snapshot' else 'carry_state' }}, tags,
        cast(size_gib * seconds / cast(86400 as decimal(38, 6)) as decimal(38, 6)) as units
    from volume_hours
    {% endfor %}

    {% for driver_kind, bytes in [('log_ingest', 'ingested_bytes'), ('log_storage', 'stored_bytes')] -%}
    union all
    select
        cast(usage_date as timestamp) as usage_hour, {{ columns }}, '{{ driver_kind }}' as driver_kind, cast(null as varchar) as bucket,
        log_group, {{ resource_key('log_group') }} as resource_id, log_group as part,
        cast(null as varchar) as prefix, 'kept' as carry_state, tags,
        cast({{ bytes }} as decimal(38, 6)) as units
    from log_groups
    where record_rank = 1
    {% endfor %}

),

grouped as (

    select
        usage_hour, {{ columns }}, driver_kind, bucket, log_group, resource_id, part, prefix, carry_state, tags,
        sum(units) as units
    from unioned
    where units > 0
    group by all

)

select
    *,
    {{ usage_owner_key('int_storage__usage_daily') }} as owner_key
from grouped
