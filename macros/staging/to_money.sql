{% macro to_money(column) -%}
    {#- Text, double or decimal to money: decimal(38, 12), rounded half away from zero at the twelfth place; null when it is not a number. -#}
    {{ return(adapter.dispatch('to_money')(column)) }}
{%- endmacro %}

{#- DuckDB's decimal cast reads E-notation ('7.5E-10') and rounds by itself; a cast through double would drop digits after the sixteenth. -#}
{% macro duckdb__to_money(column) -%}
    try_cast(trim(cast({{ column }} as varchar)) as decimal(38, 12))
{%- endmacro %}

{#- Spark refuses E-notation in decimal casts of narrow scale: a wider decimal first, then rounded. -#}
{% macro default__to_money(column) -%}
    cast(round(try_cast(trim(cast({{ column }} as string)) as decimal(38, 18)), 12) as decimal(38, 12))
{%- endmacro %}
