{% macro resource_name(column) -%}
    {#- The last part of an ARN, Azure id or Google resource path: the part other systems also know. Azure ids are case-insensitive and come in any case: lower.
        A log group keeps its slashes, since they belong to its name. -#}
    case
        when {{ column }} is null then null
        when {{ column }} like 'arn:%:log-group:%' then regexp_replace(regexp_extract({{ column }}, ':log-group:(.*)$', 1), ':\*$', '')
        when lower({{ column }}) like '/subscriptions/%' or lower({{ column }}) like '/providers/%' then lower(regexp_extract({{ column }}, '([^/]+)/*$', 1))
        when {{ column }} like 'arn:%' then regexp_extract({{ column }}, '([^/:]+)[/:]*$', 1)
        when {{ column }} like '//%' or {{ column }} like 'projects/%' then regexp_extract({{ column }}, '([^/]+)/*$', 1)
        else {{ column }}
    end
{%- endmacro %}
