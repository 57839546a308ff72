{% macro resource_key(resource) -%}
    {#- The part of a resource name that every system agrees on: the last piece of an ARN or path, lower case
        (Azure lower-cases ids, AWS bills an ARN where the API says i-…). -#}
    lower(regexp_replace({{ resource }}, '^.*[:/]', ''))
{%- endmacro %}
