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

{% macro pattern_is_bad(pattern) -%}
    {{ return(adapter.dispatch('pattern_is_bad', 'apportion')(pattern)) }}
{%- endmacro %}

{#- True for a text that is no regular expression: using one stops the whole build. -#}
{% macro duckdb__pattern_is_bad(pattern) -%}
    ({{ pattern }} is not null and try(regexp_matches('', {{ pattern }})) is null)
{%- endmacro %}

{#- Spark has no way to try an expression: there such a pattern fails where it is used. -#}
{% macro default__pattern_is_bad(pattern) -%}
    false
{%- endmacro %}
