-- Grain: one row per pool and consumer, over all layers, idle capacity and untagged use among them.
-- Conserves: every amount of the pools the layers could split. A seventh layer is one more name in this list.
{% for split in ['inference__split', 'inference__throughput_split', 'gpu__split', 'retrieval__split', 'storage__split', 'egress__split'] -%}
select {{ allocation_columns() | join(', ') }} from {{ ref('int_' ~ split) }}
{{ 'union all' if not loop.last }}
{% endfor %}
