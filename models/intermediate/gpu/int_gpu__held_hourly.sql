-- Grain: one row per hour, machine and pod or job: GPU-seconds held, and what became of them.
-- gpu_seconds = reserved (not yet at work) + active + inactive (measured, no work) + unmeasured (nobody looked): exactly.
with

intervals as (

    select
        *,
        case when state = 'reserved' then gpus else 0 end as reserved_gpus
    from {{ ref('int_gpu__intervals') }}

),

hours as (

    {{ explode_hours('intervals', 'started_at', 'ended_at', [
        'provider', 'account_id', 'region', 'resource_id', 'instance_type', 'cluster', 'node_name', 'namespace', 'pod_name', 'workload_name', 'tags',
        'gpus', 'reserved_gpus', 'requested_gpus', 'is_overcommitted', 'state',
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
        cluster,
        node_name,
        namespace,
        pod_name,
        workload_name,
        tags,
        cast(sum(gpus * seconds) as decimal(38, 6)) as gpu_seconds,
        cast(sum(reserved_gpus * seconds) as decimal(38, 6)) as reserved_gpu_seconds,
        cast(sum(requested_gpus * seconds) as decimal(38, 6)) as requested_gpu_seconds,
        cast(sum(case when state = 'scheduled' then seconds else 0 end) as decimal(38, 6)) as scheduled_seconds,
        max(is_overcommitted) as is_overcommitted
    from hours
    group by all

),

-- One row per pod: two clusters that share a node's name would otherwise double it.
activity as (

    select * from {{ ref('int_gpu__activity_hourly') }}

),

measured as (

    select
        grouped.*,
        grouped.gpu_seconds - grouped.reserved_gpu_seconds as scheduled_gpu_seconds,
        case
            when activity.active_gpus is not null
                then cast(least(grouped.gpu_seconds - grouped.reserved_gpu_seconds, activity.active_gpus * grouped.scheduled_seconds) as decimal(38, 6))
        end as active_gpu_seconds
    from grouped
    left join activity
        on
            grouped.usage_hour = activity.usage_hour
            and grouped.node_name = activity.node_name
            and grouped.namespace is not distinct from activity.namespace
            and grouped.pod_name = activity.pod_name
            and grouped.cluster is not distinct from activity.cluster

)

select
    usage_hour,
    provider,
    account_id,
    region,
    resource_id,
    instance_type,
    cluster,
    node_name,
    namespace,
    pod_name,
    workload_name,
    tags,
    gpu_seconds,
    requested_gpu_seconds,
    is_overcommitted,
    reserved_gpu_seconds,
    coalesce(active_gpu_seconds, 0) as active_gpu_seconds,
    case when active_gpu_seconds is null then 0 else scheduled_gpu_seconds - active_gpu_seconds end as inactive_gpu_seconds,
    case when active_gpu_seconds is null then scheduled_gpu_seconds else 0 end as unmeasured_gpu_seconds
from measured
