{% macro regex_match(value, pattern) -%}
    {{ return(adapter.dispatch('regex_match', 'apportion')(value, pattern)) }}
{%- endmacro %}

{#- Is the pattern found anywhere in the value, whatever the case. -#}
{% macro duckdb__regex_match(value, pattern) -%}
    regexp_matches({{ value }}, {{ pattern }}, 'i')
{%- endmacro %}

{% macro default__regex_match(value, pattern) -%}
    ({{ value }} rlike concat('(?i)', {{ pattern }}))
{%- endmacro %}
