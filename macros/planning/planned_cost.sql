{% macro planned_cost(quantity, price) -%}
    {#- Quantity times price as money: cut first so that the product fits 38 digits, rounded once. -#}
    cast(round(cast({{ quantity }} as decimal(20, 3)) * cast({{ price }} as decimal(18, 12)), 12) as decimal(38, 12))
{%- endmacro %}
