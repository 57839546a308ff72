-- Grain: one row per workload interval on GPUs, machine it asked for and state: reserved (held, not yet at work) or scheduled. Nothing is clipped here.
-- The sources do not overlap: pods are of clusters, Slurm jobs of theirs, SageMaker's machines are its own. Ray and others deliver pods in the shape of gpu_pods.
{% set told = ['evidence', 'provider', 'account_id', 'region', 'cluster', 'node_name', 'resource_id', 'instance_type', 'namespace', 'pod_name', 'workload_name', 'tags'] %}
with

unioned as (

    select
        evidence,
        cast(null as varchar) as provider,
        cast(null as varchar) as account_id,
        cast(null as varchar) as region,
        cluster,
        node_name,
        cast(null as varchar) as resource_id,
        cast(null as varchar) as instance_type,
        namespace,
        pod_name,
        workload_name,
        tags,
        'scheduled' as state,
        started_at,
        running_at,
        ended_at,
        gpus
    from {{ ref('int_gpu__pods') }}
    union all
    select
        'slurm_jobs' as evidence,
        cast(null as varchar) as provider,
        cast(null as varchar) as account_id,
        cast(null as varchar) as region,
        cluster,
        node_name,
        cast(null as varchar) as resource_id,
        cast(null as varchar) as instance_type,
        namespace,
        pod_name,
        workload_name,
        tags,
        'scheduled' as state,
        started_at,
        cast(null as timestamp) as running_at,
        ended_at,
        cast(gpus as decimal(38, 6)) as gpus
    from {{ ref('int_gpu__slurm_jobs') }}
    union all
    select
        evidence,
        'aws' as provider,
        account_id,
        region,
        cast(null as varchar) as cluster,
        cast(null as varchar) as node_name,
        resource_id,
        instance_type,
        cast(null as varchar) as namespace,
        workload_name as pod_name,
        workload_name,
        tags,
        state,
        started_at,
        cast(null as timestamp) as running_at,
        ended_at,
        gpus
    from {{ ref('int_gpu__sagemaker') }}

)

-- What waits for its containers holds its GPUs already, and does no work with them.
select
    {{ told | join(', ') }},
    'reserved' as state,
    started_at,
    least(running_at, ended_at) as ended_at,
    gpus
from unioned
where running_at > started_at
union all
select
    {{ told | join(', ') }},
    state,
    greatest(running_at, started_at) as started_at,
    ended_at,
    gpus
from unioned
where ended_at is null or running_at is null or running_at < ended_at
