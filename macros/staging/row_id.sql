{% macro row_id() -%}
    {#- A stand-in id for a record without one: its place. Two records without id are two, even if alike. -#}
    md5(concat_ws(':', x_source_file, cast(x_source_row_number as varchar)))
{%- endmacro %}
