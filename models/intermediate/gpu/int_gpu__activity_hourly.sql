-- Grain: one row per hour, node and pod of which a device reported: how many GPUs' worth of work it did, on average over its samples.
-- A shared device reports its whole activity for each pod on it: the value is divided by the pods that share the device at that moment. A MIG instance counts as its fraction.
with

samples as (

    select
        sampled_at,
        date_trunc('hour', sampled_at) as usage_hour,
        cluster,
        node_name,
        gpu_uuid,
        mig_instance,
        mig_profile,
        namespace,
        pod_name,
        preference,
        value
    from {{ ref('stg_dcgm__gpu_samples') }}
    where
        x_quarantine_reason is null
        and measure = 'active_ratio'
        and node_name is not null
        and gpu_uuid is not null
        and pod_name is not null

),

preferred as (

    select
        gpu_uuid,
        mig_instance,
        usage_hour,
        min(preference) as preference
    from samples
    group by gpu_uuid, mig_instance, usage_hour

),

-- One value per device, pod and moment, whatever number of containers, replicas or deliveries repeat it.
readings as (

    select
        samples.usage_hour,
        samples.sampled_at,
        samples.cluster,
        samples.node_name,
        samples.gpu_uuid,
        samples.mig_instance,
        samples.namespace,
        samples.pod_name,
        max(samples.mig_profile) as mig_profile,
        max(samples.value) as value
    from samples
    inner join preferred
        on
            samples.gpu_uuid = preferred.gpu_uuid
            and samples.mig_instance is not distinct from preferred.mig_instance
            and samples.usage_hour = preferred.usage_hour
            and samples.preference = preferred.preference
    group by all

),

sharers as (

    select
        gpu_uuid,
        mig_instance,
        sampled_at,
        count(*) as pods
    from readings
    group by gpu_uuid, mig_instance, sampled_at

),

devices as (

    select
        readings.usage_hour,
        readings.cluster,
        readings.node_name,
        readings.namespace,
        readings.pod_name,
        readings.gpu_uuid,
        readings.mig_instance,
        max(readings.mig_profile) as mig_profile,
        avg(readings.value / sharers.pods) as active_ratio,
        count(*) as samples
    from readings
    inner join sharers
        on
            readings.gpu_uuid = sharers.gpu_uuid
            and readings.mig_instance is not distinct from sharers.mig_instance
            and readings.sampled_at = sharers.sampled_at
    group by all

),

-- Exporters seldom name their cluster: a node's name does, where only one cluster has it.
clusters as (

    select
        node_name,
        min(cluster) as cluster
    from {{ ref('int_gpu__nodes') }}
    group by node_name
    having count(distinct cluster) = 1

)

select
    devices.usage_hour,
    coalesce(devices.cluster, clusters.cluster) as cluster,
    devices.node_name,
    devices.namespace,
    devices.pod_name,
    cast(sum(devices.active_ratio * coalesce(partitions.numerator, 1) / coalesce(partitions.denominator, 1)) as decimal(38, 6)) as active_gpus,
    sum(devices.samples) as samples
from devices
left join clusters on devices.node_name = clusters.node_name
left join {{ ref('gpu_partitions') }} as partitions on devices.mig_profile = partitions.profile
group by all
