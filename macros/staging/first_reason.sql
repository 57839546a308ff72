{% macro first_reason(checks) -%}
    {#- The first failed check as the row's quarantine reason, null when all hold. checks: list of [condition, SQL text]. The loader's own reason comes first. -#}
    case
        when x_reject_reason is not null then x_reject_reason
        {%- for check in checks %}
        when {{ check[0] }} then {{ check[1] }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro repeats(columns) -%}
    {#- Is this row the second or later with the same key? Null is a value here; rows are taken in the order of their files. -#}
    row_number() over (partition by {{ columns | join(', ') }} order by x_source_file, x_source_row_number) > 1
{%- endmacro %}

{% macro bad_value(column, needed, fix) -%}
    {#- SQL text: which column, what stood there, what to do. -#}
    '{{ column }} is ' || case when {{ column }} is null then 'empty' else '''' || substr(cast({{ column }} as varchar), 1, 60) || '''' end || ': {{ needed }}. {{ fix }}'
{%- endmacro %}
