-- Grain: one row per line of `sacct -P`: a job, one run of a requeued job (-D), or a step of it.
-- Steps (.batch, .extern, .0) repeat what their job holds and are marked. A typed and an untyped gres entry are the same GPUs.
with

source as (

    select * from {{ landing('slurm', 'jobs') }}

),

counted as (

    select
        *,
        {{ tres_gpus('alloc_tres') }} as gpus
    from source

)

select
    'slurm_jobs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['job_id_raw is null', "'JobIDRaw is empty: it is needed. Run sacct with --format=JobIDRaw,...'"],
        ['ended_at < started_at', "'End is before Start: run sacct with TZ=UTC, so that no clock is set back'"],
        ['gpus > 0 and started_at is not null and node_list is null', "'NodeList is empty: it is needed for a job that started. Run sacct with --format=NodeList,...'"],
        ['gpus < 0', bad_value('alloc_tres', 'a number of GPUs of at least 0 is needed', 'Correct the row')],
    ]) }} as x_quarantine_reason,

    job_id_raw like '%.%' as is_step,
    cluster,
    split_part(job_id_raw, '.', 1) as job_id_raw,
    job_id,
    job_name,
    user_name,
    account,
    upper(split_part(state, ' ', 1)) as state,
    cast(gpus as decimal(18, 6)) as gpus,
    node_count,
    node_list,
    started_at,
    ended_at,
    {{ tag_pairs({'account': 'account', 'user': 'user_name', 'partition': 'partition', 'qos': 'qos'}) }} as tags
from counted
