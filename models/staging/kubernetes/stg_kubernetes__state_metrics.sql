-- Grain: one row per sample of kube-state-metrics, as scraped.
with

source as (

    select * from {{ landing('kubernetes', 'state_metrics') }}

),

labelled as (

    select
        *,
        {{ tag_map(tag_entries([{'text': 'labels', 'map': 'labels_map'}])) }} as label_map
    from source

)

select
    'kube_state_metrics' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['metric is null', "'metric is empty: it is needed. Write the name of the metric'"],
        ['sampled_at is null', "'timestamp is empty: it is needed. Write 2026-08-01T00:00:00Z'"],
        ['value is null', "'value is empty: it is needed. A metric without a value is not exported'"],
        [tag_text_is_bad('labels'), bad_value('labels', 'a JSON object is needed', 'Write {\"namespace\": \"n\", \"pod\": \"p\"}')],
        ["metric like 'kube_pod_%' and label_map['pod'] is null and label_map['exported_pod'] is null", "'labels name no pod: export the sample with its labels'"],
        ["metric like 'kube_node_%' and label_map['node'] is null", "'labels name no node: export the sample with its labels'"],
    ]) }} as x_quarantine_reason,

    metric,
    sampled_at,
    value,
    coalesce(cluster, label_map['cluster']) as cluster,
    {{ tag_value('label_map', ['exported_namespace', 'namespace']) }} as namespace,
    {{ tag_value('label_map', ['exported_pod', 'pod']) }} as pod_name,
    label_map['uid'] as pod_uid,
    {{ tag_value('label_map', ['exported_container', 'container']) }} as container_name,
    {{ tag_value('label_map', ['exported_node', 'node']) }} as node_name,
    label_map['resource'] as resource,
    label_map['phase'] as phase,
    label_map as labels
from labelled
