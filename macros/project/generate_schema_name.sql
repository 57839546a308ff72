{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- The folder's schema is the schema: `marts`, not `main_marts`, because the name is part of the public contract. -#}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
