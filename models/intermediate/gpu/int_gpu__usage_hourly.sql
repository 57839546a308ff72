-- Grain: one row per hour, billed resource and owner evidence: GPU-seconds held.
with

intervals as (

    select * from {{ ref('int_gpu__intervals') }}

),

hours as (

    {{ explode_hours('intervals', 'started_at', 'ended_at', [
        'provider', 'account_id', 'region', 'resource_id', 'instance_type', 'namespace', 'workload_name', 'tags', 'gpus',
    ]) }}

),

grouped as (

    select
        usage_hour,
        provider,
        account_id,
        region,
        resource_id,
        instance_type,
        namespace,
        workload_name,
        tags,
        cast(sum(gpus * seconds) as decimal(38, 6)) as gpu_seconds
    from hours
    group by all

)

select
    *,
    {{ usage_owner_key('int_gpu__usage_hourly') }} as owner_key
from grouped
