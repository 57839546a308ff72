{% macro outcome_measures() -%}
    {#- What the cost of an outcome is made of, as conditions on the rows of fct_cost_allocations: the seven layers add up to it; the others are parts of the same money. -#}
    {{ return({
        'inference': "layer = 'inference'", 'gpu': "layer = 'gpu'", 'retrieval': "layer = 'retrieval'", 'storage': "layer = 'storage'",
        'agents': "layer = 'agents'", 'egress': "layer = 'egress'", 'other': "layer = 'other'",
        'estimated': "cost_basis = 'estimated'", 'idle': "allocation_step = 'idle'", 'unallocated': "allocation_step = 'unallocated' and cost_basis = 'billed'",
    }) }}
{%- endmacro %}

{% macro outcome_amounts() -%}
    {#- The columns of outcome_measures, the layers first. -#}
    {{ return([
        'inference_cost_reporting', 'gpu_cost_reporting', 'retrieval_cost_reporting', 'storage_cost_reporting', 'agents_cost_reporting', 'egress_cost_reporting', 'other_cost_reporting',
        'estimated_cost_reporting', 'idle_cost_reporting', 'unallocated_cost_reporting',
    ]) }}
{%- endmacro %}

{% macro sum_outcome_measures() -%}
    {% for measure, condition in outcome_measures().items() -%}
    cast(sum(case when {{ condition }} then effective_cost_reporting else 0 end) as decimal(38, 12)) as {{ measure }}_cost_reporting{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro outcome_layers_total() -%}
    ({% for amount in outcome_amounts()[:7] %}{{ amount }}{{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}
