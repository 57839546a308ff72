{% macro pattern_match(value, pattern, hints) -%}
    {#-
        Is the rule's pattern found in the value, whatever the case. A pattern that comes from a table is compiled anew for every row, which is what a join of rules
        costs; the rule's hints (literals parted by |, one of which every match contains) spare most of it: 5,000 SKUs against 110 rules take 2 s instead of 23.
    -#}
    case when {{ hints }} is null or {{ contains_any(value, hints) }} then {{ regex_match(value, pattern) }} else false end
{%- endmacro %}

{% macro contains_any(value, literals) -%}
    {{ return(adapter.dispatch('contains_any', 'apportion')(value, literals)) }}
{%- endmacro %}

{% macro duckdb__contains_any(value, literals) -%}
    len(list_filter(string_split({{ literals }}, '|'), lambda literal: contains(lower({{ value }}), literal))) > 0
{%- endmacro %}

{% macro default__contains_any(value, literals) -%}
    exists(split({{ literals }}, '[|]'), literal -> contains(lower({{ value }}), literal))
{%- endmacro %}
