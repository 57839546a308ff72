{% macro json_text_field(column, field) -%}
    {#- One top-level field of a JSON text; null when the text is no JSON object or has no such field. -#}
    {{ return(adapter.dispatch('json_text_field')(column, field)) }}
{%- endmacro %}

{% macro duckdb__json_text_field(column, field) -%}
    json_extract_string(try_cast({{ column }} as json), '/{{ field }}')
{%- endmacro %}

{% macro default__json_text_field(column, field) -%}
    get_json_object({{ column }}, '$.{{ field }}')
{%- endmacro %}
