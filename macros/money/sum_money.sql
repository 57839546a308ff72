{% macro sum_money() -%}
    {#- The additive amounts of a report: billing currency beside the reporting currency, never one added to the other. -#}
    {% for amount in money_columns() + ['retrieved_context_cost'] -%}
    cast(sum({{ amount }}) as decimal(38, 12)) as {{ amount }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro sum_carried() -%}
    {#- The additive amounts of a storage or egress report. -#}
    {% for amount in carried_amounts() -%}
    cast(sum({{ amount }}) as decimal(38, 12)) as {{ amount }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}
