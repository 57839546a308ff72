-- Grain: one row per sample of a metric of a GPU or MIG instance, as scraped.
-- Exporters before and after 4.9 name and count differently, and a fleet in mid-upgrade has both: the unit is the one told, else the metric's own, and what can not be in that unit is refused.
with

source as (

    select * from {{ landing('dcgm', 'gpu_samples') }}

),

metrics as (

    select * from {{ ref('gpu_metrics') }}

),

labelled as (

    select
        *,
        {{ tag_map(tag_entries([{'text': 'labels', 'map': 'labels_map'}])) }} as label_map
    from source

),

named as (

    select
        labelled.*,
        metrics.measure,
        metrics.preference,
        -- A unit told beside the value beats the one the name stands for.
        case lower(trim(labelled.unit))
            when '%' then 'percent'
            when 'percent' then 'percent'
            when 'ratio' then 'ratio'
            when '1' then 'ratio'
            when 'mib' then 'mib'
            when 'bytes' then 'bytes'
            when 'by' then 'bytes'
            when 'w' then 'watts'
            when 'watts' then 'watts'
            when 'mj' then 'millijoules'
            when 'millijoules' then 'millijoules'
            when 'j' then 'joules'
            when 'joules' then 'joules'
            else metrics.unit
        end as read_unit
    from labelled
    left join metrics on labelled.metric = metrics.metric

)

select
    'dcgm_samples' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['sampled_at is null', "'timestamp is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['value is null', "'value is empty: it is needed. A metric without a value is not exported'"],
        ['measure is null', bad_value('metric', 'a metric of dcgm-exporter is needed', 'Leave the metric out, or name it in seeds/reference/gpu_metrics.csv')],
        ['value < 0', bad_value('value', 'a number of at least 0 is needed', 'Correct the export')],
        ["read_unit = 'ratio' and value > 1", bad_value('value', 'a ratio lies between 0 and 1', 'Write percent in column unit when it is a percentage')],
        ["read_unit = 'percent' and value > 100", bad_value('value', 'a percentage lies between 0 and 100', 'Correct the export')],
        [tag_text_is_bad('labels'), bad_value('labels', 'a JSON object is needed', 'Write {\"UUID\": \"GPU-1\", \"pod\": \"p\"}')],
    ]) }} as x_quarantine_reason,

    sampled_at,
    metric,
    measure,
    preference,
    unit as unit_told,
    read_unit as unit,
    cast(value as decimal(38, 6)) as value_told,
    cast(value * case read_unit when 'percent' then 0.01 when 'mib' then 1048576 when 'millijoules' then 0.001 else 1 end as decimal(38, 6)) as value,
    coalesce(exporter_version, label_map['exporter_version']) as exporter_version,

    coalesce(cluster, label_map['cluster']) as cluster,
    {{ tag_value('label_map', ['hostname', 'node', 'exported_node']) }} as node_name,
    label_map['uuid'] as gpu_uuid,
    label_map['gpu_i_id'] as mig_instance,
    label_map['gpu_i_profile'] as mig_profile,
    {{ tag_value('label_map', ['exported_namespace', 'namespace']) }} as namespace,
    {{ tag_value('label_map', ['exported_pod', 'pod']) }} as pod_name,
    {{ tag_value('label_map', ['exported_container', 'container']) }} as container_name
from named
