-- Grain: one row per SageMaker training job, warm pool kept after one, and variant of an endpoint.
-- Billable is not elapsed (spot waits are free) and is per instance: what a job held is scaled to what is billed. A warm pool is billed on top and held by nobody's work.
with

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

descriptions as (

    select
        *,
        row_number() over (
            partition by coalesce(endpoint_arn, endpoint_name), variant_name, started_at
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_sagemaker__endpoints') }}
    where x_quarantine_reason is null

),

variants as (

    select
        *,
        -- A number of instances holds until the next description of the variant.
        lead(started_at) over (partition by coalesce(endpoint_arn, endpoint_name), variant_name order by started_at) as next_started_at
    from descriptions
    where record_rank = 1

),

unioned as (

    select
        'sagemaker_training_jobs' as evidence,
        account_id,
        region,
        job_name as workload_name,
        instance_type,
        tags,
        'scheduled' as state,
        started_at,
        ended_at,
        cast(instance_count * billable_seconds / nullif(training_seconds, 0) as decimal(38, 6)) as gpus
    from jobs
    where
        record_rank = 1
        and billable_seconds > 0
    union all
    select
        'sagemaker_training_jobs' as evidence,
        account_id,
        region,
        job_name as workload_name,
        instance_type,
        tags,
        'reserved' as state,
        ended_at as started_at,
        ended_at + retained_billable_seconds * interval '1' second as ended_at,
        cast(instance_count as decimal(38, 6)) as gpus
    from jobs
    where
        record_rank = 1
        and ended_at is not null
        and retained_billable_seconds > 0
    union all
    select
        'sagemaker_endpoints' as evidence,
        account_id,
        region,
        endpoint_name as workload_name,
        instance_type,
        tags,
        'scheduled' as state,
        started_at,
        least(ended_at, next_started_at) as ended_at,
        cast(instance_count as decimal(38, 6)) as gpus
    from variants

)

select
    *,
    {{ resource_key('workload_name') }} as resource_id
from unioned
where gpus > 0
