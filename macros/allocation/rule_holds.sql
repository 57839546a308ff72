{% macro rule_holds(rules, span) -%}
    {#- Does a dated reference rule hold in the whole span? Spans are cut at every rule's boundaries, so it holds in all of it or in none. -#}
    coalesce({{ rules }}.valid_from, date '1900-01-01') <= {{ span }}.valid_from
    and coalesce({{ rules }}.valid_to, date '9999-12-31') >= {{ span }}.valid_to
{%- endmacro %}
