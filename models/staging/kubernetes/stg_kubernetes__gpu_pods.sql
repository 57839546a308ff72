-- Grain: one row per pod interval on GPU nodes, as delivered.
-- A pod that was never scheduled held nothing (scheduled_at null), whatever its end says; one without an end is still running.
with

source as (

    select * from {{ landing('kubernetes', 'gpu_pods') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries
    from source

)

select
    'gpu_pods' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['pod_name is null', "'pod_name is empty: it is needed. Write the name of the pod'"],
        ['gpus is null and scheduled_at is not null', "'gpus is empty: it is needed. Write the number of GPUs held'"],
        ['gpus < 0', bad_value('gpus', 'a number of at least 0 is needed', 'Correct the row')],
        ['ended_at < scheduled_at', "'ended_at is before scheduled_at: correct the interval'"],
        ['running_at < scheduled_at', "'running_at is before scheduled_at: correct the interval'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    cluster,
    node_name,
    namespace,
    pod_name,
    coalesce(workload, pod_name) as workload,
    cast(gpus as decimal(18, 6)) as gpus,

    scheduled_at,
    running_at,
    ended_at,
    phase,
    {{ tag_map('entries') }} as tags
from tagged
