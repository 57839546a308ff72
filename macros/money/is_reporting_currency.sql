{% macro is_reporting_currency(currency) -%}
    {{ currency }} = '{{ var("reporting_currency") }}'
{%- endmacro %}
