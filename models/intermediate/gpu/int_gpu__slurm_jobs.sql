-- Grain: one row per run of a Slurm job, node it lay on and piece of time: GPUs of a job over several nodes are divided evenly.
-- Steps repeat their job and are left out; a requeued job has a row per run; pieces that `sacct -T` cut at the edges of two windows add up; time told twice counts once.
with

runs as (

    select
        *,
        row_number() over (
            partition by cluster, job_id_raw, started_at
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_slurm__jobs') }}
    where
        x_quarantine_reason is null
        and not is_step
        and started_at is not null
        and gpus > 0

),

pieces as (

    select
        *,
        -- A run without an end ended when the next run of the job began.
        coalesce(ended_at, lead(started_at) over (partition by cluster, job_id_raw order by started_at)) as closed_at
    from runs
    where record_rank = 1

),

apart as (

    select
        *,
        greatest(
            started_at,
            max(closed_at) over (partition by cluster, job_id_raw order by started_at rows between unbounded preceding and 1 preceding)
        ) as opened_at
    from pieces

),

nodes as (

    select
        cluster,
        job_id_raw,
        job_id,
        job_name,
        account,
        tags,
        gpus,
        greatest(coalesce(node_count, 1), 1) as node_count,
        opened_at,
        closed_at,
        {{ unnested(host_list('node_list')) }} as node_name
    from apart
    where
        closed_at is null
        or opened_at < closed_at

)

select
    cluster,
    node_name,
    account as namespace,
    job_id_raw as pod_name,
    coalesce(job_name, job_id_raw) as workload_name,
    tags,
    opened_at as started_at,
    closed_at as ended_at,
    {{ floor_millionths('gpus / node_count') }} as gpus
from nodes
