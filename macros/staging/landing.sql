{% macro landing(source_name, table_name) -%}
    {#- The raw relation of one landing folder. The loader (`landing_files`) fills the schema `raw`, so every reader of it waits for the loader. -#}
    {%- do ref('landing_files') -%}
    {{ source(source_name, table_name) }}
{%- endmacro %}
