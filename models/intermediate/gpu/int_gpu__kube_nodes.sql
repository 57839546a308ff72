-- Grain: one row per cluster and node that kube-state-metrics saw, from its first sample to the scrape at which it was gone.
with

samples as (

    select * from {{ ref('stg_kubernetes__state_metrics') }}
    where x_quarantine_reason is null

),

scrapes as (

    {{ scrapes_of('samples') }}

),

capacity as (

    select
        samples.cluster,
        samples.node_name,
        samples.resource,
        max(samples.value * coalesce(partitions.numerator, 1) / coalesce(partitions.denominator, 1)) as gpus
    from samples
    left join {{ ref('gpu_partitions') }} as partitions
        on replace(replace(samples.resource, 'nvidia_com_mig_', ''), '_', '.') = partitions.profile
    where
        samples.metric = 'kube_node_status_capacity'
        and {{ is_gpu_resource('samples.resource') }}
    group by samples.cluster, samples.node_name, samples.resource

),

offered as (

    select
        cluster,
        node_name,
        sum(gpus) as gpus
    from capacity
    group by cluster, node_name

),

nodes as (

    select
        cluster,
        node_name,
        min(sampled_at) as started_at,
        max(sampled_at) as last_seen_at,
        max(case when metric = 'kube_node_info' then labels['provider_id'] end) as provider_id,
        max(coalesce(labels['label_node_kubernetes_io_instance_type'], labels['label_beta_kubernetes_io_instance_type'])) as instance_type,
        max(labels['label_topology_kubernetes_io_region']) as region,
        max(cast(labels['label_nvidia_com_gpu_count'] as decimal(18, 6))) as device_count,
        max(cast(labels['label_nvidia_com_gpu_replicas'] as decimal(18, 6))) as replicas
    from samples
    where
        metric like 'kube_node_%'
        and node_name is not null
    group by cluster, node_name

)

select
    case split_part(nodes.provider_id, ':', 1)
        when 'aws' then 'aws'
        when 'gce' then 'gcp'
        when 'azure' then 'azure'
    end as provider,
    -- aws:///us-east-1a/i-0abc, gce://project/zone/name, azure:///subscriptions/<id>/resourceGroups/…/virtualMachineScaleSets/<set>/virtualMachines/0
    case
        when nodes.provider_id like 'gce://%' then split_part(nodes.provider_id, '/', 3)
        when nodes.provider_id like 'azure:///subscriptions/%' then split_part(nodes.provider_id, '/', 5)
    end as account_id,
    nodes.region,
    nodes.cluster,
    nodes.node_name,
    case
        when nodes.provider_id like 'azure://%' then split_part(replace(nodes.provider_id, 'azure://', ''), '/virtualMachines/', 1)
        else regexp_replace(nodes.provider_id, '^.*/', '')
    end as resource_id,
    nodes.instance_type,
    -- A time-sliced node advertises each device once per replica.
    cast(coalesce(nodes.device_count, offered.gpus / greatest(coalesce(nodes.replicas, 1), 1), 0) as decimal(18, 6)) as gpus,
    cast(greatest(coalesce(nodes.replicas, 1), 1) as integer) as replicas,
    nodes.started_at,
    scrapes.next_scrape as ended_at
from nodes
left join offered
    on
        nodes.cluster is not distinct from offered.cluster
        and nodes.node_name = offered.node_name
left join scrapes
    on
        nodes.cluster is not distinct from scrapes.cluster
        and nodes.last_seen_at = scrapes.sampled_at
