-- Grain: one row per allocation of an OpenCost window, as answered.
-- GPU-hours are evidence of what was held. Its dollars are list prices of its own and in no total here; the adjustment stands apart in the source and is added to them once.
with

source as (

    select * from {{ landing('opencost', 'allocations') }}

),

tagged as (

    select
        *,
        -- Idle by node is called cluster/node/__idle__.
        not regexp_matches(name, '(^|/)__(idle|unallocated|unmounted)__(/|$)') as is_held,
        {{ tag_entries([{'text': 'labels'}]) }} as entries
    from source

)

select
    'opencost_allocations' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['name is null', "'name is empty: it is needed. Deliver the answer of /allocation unchanged'"],
        ['ended_at <= started_at', "'end is not after start: correct the window'"],
        ['gpu_hours > 0 and (started_at is null or ended_at is null)', "'window is empty: it is needed. Deliver the answer of /allocation unchanged'"],
        ['gpu_hours < 0', bad_value('gpu_hours', 'a number of at least 0 is needed', 'Correct the export')],
        ['gpu_hours > 0 and pod is null and is_held', "'properties.pod is empty: it is needed. Ask /allocation with aggregate=pod'"],
        [tag_text_is_bad('labels'), bad_value('labels', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    is_held,
    cluster,
    node as node_name,
    namespace,
    coalesce(controller, pod) as workload,
    pod as pod_name,
    container as container_name,

    started_at,
    ended_at,
    cast(gpu_hours * 3600 / nullif(date_diff('second', started_at, ended_at), 0) as decimal(18, 6)) as gpus,
    cast(gpu_cost + coalesce(gpu_cost_adjustment, 0) as decimal(38, 12)) as reported_cost_usd,
    {{ tag_map('entries') }} as tags
from tagged
