{#- JSON as text, written part by part: engines agree on concatenation and not on JSON functions. -#}

{% macro json_member(name, value) -%}
    {#- A text member of an object, as `"name":"value"`; null where the value is, so that concat_ws leaves it out. -#}
    '"{{ name }}":"' || replace(replace(replace({{ value }}, '\', '\\'), '"', '\"'), chr(10), '\n') || '"'
{%- endmacro %}

{% macro json_number(name, value) -%}
    {#- A number member of an object, as `"name":1.5`; null where the value is. -#}
    '"{{ name }}":' || cast({{ value }} as varchar)
{%- endmacro %}

{% macro map_as_json(map_column) -%}
    {{ return(adapter.dispatch('map_as_json', 'apportion')(map_column)) }}
{%- endmacro %}

{% macro duckdb__map_as_json(map_column) -%}
    cast(to_json({{ map_column }}) as varchar)
{%- endmacro %}

{% macro default__map_as_json(map_column) -%}
    to_json({{ map_column }})
{%- endmacro %}
