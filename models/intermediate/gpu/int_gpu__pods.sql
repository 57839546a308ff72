-- Grain: one row per pod interval on GPUs, by the best source that watched its cluster at that time: pods as listed, kube-state-metrics, OpenCost.
-- A pod that was never scheduled held nothing; an open end stays open. Two sources that saw one cluster are never added up: the lesser counts outside the time of the better.
{% set told = ['evidence', 'cluster', 'node_name', 'namespace', 'pod_name', 'workload_name', 'tags', 'running_at', 'gpus'] %}
with

listed as (

    select
        *,
        row_number() over (
            partition by cluster, namespace, pod_name, node_name, scheduled_at
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_kubernetes__gpu_pods') }}
    where
        x_quarantine_reason is null
        and scheduled_at is not null
        and gpus > 0

),

-- One window asked for twice, or at two lengths, is one window: the longest of each start counts.
allocations as (

    select
        *,
        row_number() over (
            partition by cluster, node_name, namespace, pod_name, container_name, started_at
            order by ended_at desc, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_opencost__allocations') }}
    where
        x_quarantine_reason is null
        and is_held
        and gpus > 0

),

unioned as (

    select
        1 as source_rank,
        'gpu_pods' as evidence,
        cluster,
        node_name,
        namespace,
        pod_name,
        coalesce(workload, pod_name) as workload_name,
        tags,
        scheduled_at as started_at,
        running_at,
        ended_at,
        cast(gpus as decimal(38, 6)) as gpus
    from listed
    where record_rank = 1
    union all
    select
        2 as source_rank,
        'kube_state_metrics' as evidence,
        cluster,
        node_name,
        namespace,
        pod_name,
        workload_name,
        tags,
        started_at,
        running_at,
        ended_at,
        gpus
    from {{ ref('int_gpu__kube_pods') }}
    where started_at is not null
    union all
    select
        3 as source_rank,
        'opencost_allocations' as evidence,
        cluster,
        node_name,
        namespace,
        pod_name,
        workload as workload_name,
        tags,
        started_at,
        cast(null as timestamp) as running_at,
        ended_at,
        cast(gpus as decimal(38, 6)) as gpus
    from allocations
    where record_rank = 1

),

watches as (

    select
        cluster,
        source_rank,
        min(started_at) as watched_from,
        case when count(ended_at) = count(*) then max(ended_at) end as watched_until
    from unioned
    group by cluster, source_rank

),

better as (

    select
        lesser.cluster,
        lesser.source_rank,
        min(watches.watched_from) as watched_from,
        case when count(watches.watched_until) = count(*) then max(watches.watched_until) end as watched_until
    from watches as lesser
    inner join watches
        on
            lesser.cluster is not distinct from watches.cluster
            and lesser.source_rank > watches.source_rank
    group by lesser.cluster, lesser.source_rank

),

weighed as (

    select
        unioned.*,
        better.source_rank is not null as is_lesser,
        better.watched_from,
        better.watched_until
    from unioned
    left join better
        on
            unioned.cluster is not distinct from better.cluster
            and unioned.source_rank = better.source_rank

)

select
    {{ told | join(', ') }},
    started_at,
    case when is_lesser then least(ended_at, watched_from) else ended_at end as ended_at
from weighed
where
    not is_lesser
    or started_at < watched_from
union all
select
    {{ told | join(', ') }},
    greatest(started_at, watched_until) as started_at,
    ended_at
from weighed
where
    is_lesser
    -- A better source that still watches leaves nothing after it.
    and watched_until is not null
    and (ended_at is null or ended_at > watched_until)
