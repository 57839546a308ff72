-- Grain: one row per workload interval on GPUs: a scheduled pod, or a training job.
-- A pod that was never scheduled held nothing; one that still runs is cut at the last moment the telemetry speaks of.
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

horizon as (

    select max(ended_at) as observed_until from {{ ref('int_gpu__nodes') }}

),

open_pods as (

    select
        pods.cluster,
        pods.node_name,
        pods.namespace,
        coalesce(pods.workload, pods.pod_name) as workload_name,
        pods.tags,
        pods.scheduled_at as started_at,
        coalesce(pods.ended_at, horizon.observed_until) as ended_at,
        pods.gpus
    from pods
    cross join horizon
    where pods.record_rank = 1

),

-- A node's name may be used again by another machine: a pod belongs to the machine of its time. What no node interval covers keeps its
-- row, without a resource: it is reported as use of an unknown resource.
pod_intervals as (

    select
        nodes.provider,
        nodes.account_id,
        nodes.region,
        nodes.resource_id,
        nodes.instance_type,
        open_pods.namespace,
        open_pods.workload_name,
        open_pods.tags,
        greatest(open_pods.started_at, coalesce(nodes.started_at, open_pods.started_at)) as started_at,
        least(open_pods.ended_at, coalesce(nodes.ended_at, open_pods.ended_at)) as ended_at,
        open_pods.gpus
    from open_pods
    left join {{ ref('int_gpu__nodes') }} as nodes
        on
            open_pods.cluster is not distinct from nodes.cluster
            and open_pods.node_name = nodes.node_name
            and open_pods.started_at < nodes.ended_at
            and open_pods.ended_at > nodes.started_at

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

-- Billable is not elapsed (spot waits are free) and is per instance: the held amount is scaled to what is billed.
job_intervals as (

    select
        'aws' as provider,
        account_id,
        region,
        {{ resource_key('job_name') }} as resource_id,
        instance_type,
        cast(null as varchar) as namespace,
        job_name as workload_name,
        tags,
        started_at,
        ended_at,
        cast(instance_count * billable_seconds / nullif(training_seconds, 0) as decimal(38, 6)) as gpus
    from jobs
    where
        record_rank = 1
        and billable_seconds > 0

)

select * from pod_intervals
union all
select * from job_intervals
