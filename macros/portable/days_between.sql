{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'apportion')(earlier, later)) }}
{%- endmacro %}

{#- Whole days between two dates. -#}
{% macro duckdb__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{% macro plus_days(day, days) -%}
    {#- A date some days later, as a date. -#}
    cast({{ day }} + {{ days }} * interval '1' day as date)
{%- endmacro %}
