{% macro first_reason(checks) -%}
    {#- The first failed check as the row's quarantine reason, null when all hold. checks: list of [condition, SQL text]. The loader's own reason comes first. -#}
    case
        when x_reject_reason is not null then x_reject_reason
        {%- for check in checks %}
        when {{ check[0] }} then {{ check[1] }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro bad_value(column, needed, fix) -%}
    {#- SQL text: which column, what stood there, what to do. -#}
    '{{ column }} is ' || case when {{ column }} is null then 'empty' else '''' || substr(cast({{ column }} as varchar), 1, 60) || '''' end || ': {{ needed }}. {{ fix }}'
{%- endmacro %}
