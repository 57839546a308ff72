-- Grain: one row per workload interval on GPUs as its best source tells it, and state: reserved (held, not yet at work) or scheduled.
-- Conserves: nothing is clipped here. A pod that was never scheduled held nothing; an open end stays open.
{% set told = ['evidence', 'provider', 'account_id', 'region', 'cluster', 'node_name', 'resource_id', 'instance_type', 'namespace', 'pod_name', 'workload_name', 'tags'] -%}
with

pods as (

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

jobs as (

    select
        *,
        row_number() over (
            partition by coalesce(job_arn, job_name)
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_sagemaker__training_jobs') }}
    where x_quarantine_reason is null

),

pod_rows as (

    select
        'gpu_pods' as evidence,
        cast(null as varchar) as provider,
        cast(null as varchar) as account_id,
        cast(null as varchar) as region,
        cluster,
        node_name,
        cast(null as varchar) as resource_id,
        cast(null as varchar) as instance_type,
        namespace,
        pod_name,
        coalesce(workload, pod_name) as workload_name,
        tags,
        scheduled_at as started_at,
        running_at,
        ended_at,
        cast(gpus as decimal(38, 6)) as gpus
    from pods
    where record_rank = 1

),

-- Billable is not elapsed (spot waits are free) and is per instance: the held amount is scaled to what is billed.
job_rows as (

    select
        'sagemaker_training_jobs' as evidence,
        'aws' as provider,
        account_id,
        region,
        cast(null as varchar) as cluster,
        cast(null as varchar) as node_name,
        {{ resource_key('job_name') }} as resource_id,
        instance_type,
        cast(null as varchar) as namespace,
        job_name as pod_name,
        job_name as workload_name,
        tags,
        started_at,
        cast(null as timestamp) as running_at,
        ended_at,
        cast(instance_count * billable_seconds / nullif(training_seconds, 0) as decimal(38, 6)) as gpus
    from jobs
    where
        record_rank = 1
        and billable_seconds > 0

),

unioned as (

    select * from pod_rows
    union all
    select * from job_rows

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
    'scheduled' as state,
    greatest(running_at, started_at) as started_at,
    ended_at,
    gpus
from unioned
where ended_at is null or running_at is null or running_at < ended_at
