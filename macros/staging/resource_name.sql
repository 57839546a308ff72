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

{% macro commitment_name(column) -%}
    {#- A commitment as its purchase and its usage both name it. Azure buys an order ('…/reservationOrders/<order>/reservations/') and bills usage by the reservation inside it: the order is the
        commitment. The same for savings plans. -#}
    case
        when lower({{ column }}) like '/providers/microsoft.%orders/%'
            then regexp_extract(lower({{ column }}), '^(/providers/microsoft\.[a-z]+/[a-z]+orders/[^/]+)', 1)
        else {{ column }}
    end
{%- endmacro %}
