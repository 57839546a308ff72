{% macro delivery_columns() -%}
    {#- What names one delivery of one statement. -#}
    {{ return(['x_source', 'x_report', 'x_delivery', 'provider', 'billing_account_id', 'billing_period_start', 'x_statement']) }}
{%- endmacro %}

{% macro same_delivery(one, other) -%}
    {#- Join condition: two relations speak of one delivery of one statement. Most names are never null; provider and statement may be. -#}
    {% for column in delivery_columns() -%}
    {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
