-- Grain: one row per pool and consumer, over all layers, idle capacity and untagged use among them.
-- Conserves: every amount of the pools the layers could split. A seventh layer is one more name in this list.
{% for layer in ['inference', 'gpu', 'retrieval', 'storage', 'egress'] -%}
select {{ allocation_columns() | join(', ') }} from {{ ref('int_' ~ layer ~ '__split') }}
{{ 'union all' if not loop.last }}
{% endfor %}
