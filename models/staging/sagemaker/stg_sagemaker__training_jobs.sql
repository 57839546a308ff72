-- Grain: one row per training job as described by SageMaker.
-- billable_seconds is wall-clock time of the job; what is billed is billable_seconds x instance_count, over all groups of a heterogeneous cluster. A warm pool is billed after it, on top.
with

source as (

    select * from {{ landing('sagemaker', 'training_jobs') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'sagemaker_training_jobs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['training_job_name is null', "'training_job_name is empty: it is needed. Deliver the DescribeTrainingJob answer unchanged'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    training_job_name as job_name,
    training_job_arn as job_arn,
    split_part(training_job_arn, ':', 5) as account_id,
    split_part(training_job_arn, ':', 4) as region,
    coalesce(instance_type, {{ json_text('instance_groups', '$[0].InstanceType') }}) as instance_type,
    coalesce(instance_count, {{ json_list_sum('instance_groups', 'InstanceCount') }}) as instance_count,

    training_start_time as started_at,
    training_end_time as ended_at,
    training_time_in_seconds as training_seconds,
    billable_time_in_seconds as billable_seconds,
    coalesce(retained_billable_seconds, 0) as retained_billable_seconds,
    coalesce(enable_managed_spot_training, false) as is_spot,
    {{ tag_map('entries') }} as tags
from tagged
