{% macro outcome_measures() -%}
    {#- What the cost of an outcome is made of, over the rows of fct_cost_allocations: the seven layers add up to it; the others are parts of the same money. -#}
    {%- set measures = {} -%}
    {%- for layer in ['inference', 'gpu', 'retrieval', 'storage', 'agents', 'egress', 'other'] -%}
    {%- do measures.update({layer: "layer = '" ~ layer ~ "'"}) -%}
    {%- endfor -%}
    {%- do measures.update({'estimated': "cost_basis = 'estimated'", 'idle': "allocation_step = 'idle'", 'unallocated': "allocation_step = 'unallocated' and cost_basis = 'billed'"}) -%}
    {{ return(measures) }}
{%- endmacro %}

{% macro outcome_amounts() -%}
    {%- set amounts = [] -%}
    {%- for measure in outcome_measures() -%}{%- do amounts.append(measure ~ '_cost_reporting') -%}{%- endfor -%}
    {{ return(amounts) }}
{%- endmacro %}
