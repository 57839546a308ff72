{% macro one_of(column, values) -%}
    {#- column in (values), four at a time. DuckDB 1.5 makes a join of a longer list, and runs it for every line even in a query that asks for nothing that depends on it. -#}
    ({% for few in values | batch(4) %}{{ column }} in ('{{ few | join("', '") }}'){{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}
