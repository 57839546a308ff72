{% macro resource_key(resource) -%}
    {#- How a billed resource and a measured one are compared: the name every system knows, blind to case
        (Azure lower-cases ids, AWS bills an ARN where the API says i-…). -#}
    lower({{ resource_name(resource) }})
{%- endmacro %}
