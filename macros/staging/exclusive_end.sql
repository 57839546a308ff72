{% macro exclusive_end(timestamp_column) -%}
    {#- A period end as the first instant that no longer belongs to it. AWS tax and fee lines end one second short (23:59:59). -#}
    case
        when extract(minute from {{ timestamp_column }}) = 59 and extract(second from {{ timestamp_column }}) = 59
            then date_trunc('second', {{ timestamp_column }}) + interval '1' second
        else {{ timestamp_column }}
    end
{%- endmacro %}
