-- Grain: one row per pod (cluster, namespace, name, uid) that kube-state-metrics saw ask for GPUs and bound to a node.
-- Its times are those Kubernetes tells where they were exported, else those of the samples: until the scrape at which it was gone or done.
with

samples as (

    select * from {{ ref('stg_kubernetes__state_metrics') }}
    where x_quarantine_reason is null

),

scrapes as (

    {{ scrapes_of('samples') }}

),

containers as (

    select
        cluster,
        namespace,
        pod_name,
        pod_uid,
        container_name,
        resource,
        max(node_name) as node_name,
        max(value) as asked
    from samples
    where
        metric in ('kube_pod_container_resource_requests', 'kube_pod_resource_request')
        and {{ is_gpu_resource('resource') }}
    group by cluster, namespace, pod_name, pod_uid, container_name, resource

),

asked as (

    select
        containers.cluster,
        containers.namespace,
        containers.pod_name,
        containers.pod_uid,
        max(containers.node_name) as node_name,
        -- A slice of time is one of so many replicas; an instance of a partitioned GPU its part.
        sum({{ floor_millionths("containers.asked * coalesce(partitions.numerator, 1) / coalesce(partitions.denominator, case when nodes.replicas > 1 then nodes.replicas end, 1)") }}) as gpus
    from containers
    left join {{ ref('gpu_partitions') }} as partitions
        on replace(replace(containers.resource, 'nvidia_com_mig_', ''), '_', '.') = partitions.profile
    left join {{ ref('int_gpu__kube_nodes') }} as nodes
        on
            containers.cluster is not distinct from nodes.cluster
            and containers.node_name = nodes.node_name
    group by containers.cluster, containers.namespace, containers.pod_name, containers.pod_uid

),

lives as (

    select
        cluster,
        namespace,
        pod_name,
        pod_uid,
        max(node_name) as node_name,
        min(case when node_name is not null then sampled_at end) as first_bound_at,
        max(sampled_at) as last_seen_at,
        {{ epoch_seconds("min(case when metric = 'kube_pod_status_scheduled_time' and value > 0 then value end)") }} as scheduled_at,
        {{ epoch_seconds("min(case when metric = 'kube_pod_container_state_started' and value > 0 then value end)") }} as running_at,
        {{ epoch_seconds("max(case when metric = 'kube_pod_completion_time' and value > 0 then value end)") }} as completed_at,
        min(case when metric = 'kube_pod_status_phase' and phase in ('Succeeded', 'Failed') and value = 1 then sampled_at end) as done_at,
        max(labels['created_by_name']) as created_by_name,
        max(case when metric = 'kube_pod_labels' then labels end) as labels
    from samples
    where metric like 'kube_pod_%'
    group by cluster, namespace, pod_name, pod_uid

)

select
    asked.cluster,
    coalesce(asked.node_name, lives.node_name) as node_name,
    asked.namespace,
    asked.pod_name,
    coalesce(nullif(lives.created_by_name, '<none>'), asked.pod_name) as workload_name,
    {{ strip_label_prefix('lives.labels') }} as tags,
    coalesce(lives.scheduled_at, lives.first_bound_at) as started_at,
    lives.running_at,
    coalesce(lives.completed_at, lives.done_at, scrapes.next_scrape) as ended_at,
    asked.gpus
from asked
left join lives
    on
        asked.cluster is not distinct from lives.cluster
        and asked.namespace is not distinct from lives.namespace
        and asked.pod_name = lives.pod_name
        and asked.pod_uid is not distinct from lives.pod_uid
left join scrapes
    on
        lives.cluster is not distinct from scrapes.cluster
        and lives.last_seen_at = scrapes.sampled_at
where
    asked.gpus > 0
    and coalesce(asked.node_name, lives.node_name) is not null
