-- Grain: one row per hour, billed resource and owner evidence: GPU-seconds held, and what became of them.
with

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
        cast(sum(gpu_seconds) as decimal(38, 6)) as gpu_seconds,
        cast(sum(reserved_gpu_seconds) as decimal(38, 6)) as reserved_gpu_seconds,
        cast(sum(active_gpu_seconds) as decimal(38, 6)) as active_gpu_seconds,
        cast(sum(inactive_gpu_seconds) as decimal(38, 6)) as inactive_gpu_seconds,
        cast(sum(unmeasured_gpu_seconds) as decimal(38, 6)) as unmeasured_gpu_seconds
    from {{ ref('int_gpu__held_hourly') }}
    group by all

)

select
    *,
    {{ usage_owner_key('int_gpu__usage_hourly') }} as owner_key
from grouped
