{% macro unnested(expression) -%}
    {#- One row per element of a list, in a select list. -#}
    {{ return(adapter.dispatch('unnested', 'apportion')(expression)) }}
{%- endmacro %}

{% macro duckdb__unnested(expression) -%}
    unnest({{ expression }})
{%- endmacro %}

{% macro default__unnested(expression) -%}
    explode({{ expression }})
{%- endmacro %}

{% macro tag_pairs(columns) -%}
    {#- Columns as a map of tags; an empty one is none. columns: tag -> column. -#}
    {{ return(adapter.dispatch('tag_pairs', 'apportion')(columns)) }}
{%- endmacro %}

{% macro duckdb__tag_pairs(columns) -%}
    map_from_entries(list_filter(
        [{% for tag, column in columns.items() %}struct_pack("key" := '{{ tag }}', "value" := nullif(trim({{ column }}), '')){{ ', ' if not loop.last }}{% endfor %}],
        lambda e: e.value is not null
    ))
{%- endmacro %}

{% macro default__tag_pairs(columns) -%}
    map_from_entries(filter(
        array({% for tag, column in columns.items() %}named_struct('key', '{{ tag }}', 'value', nullif(trim({{ column }}), '')){{ ', ' if not loop.last }}{% endfor %}),
        e -> e.value is not null
    ))
{%- endmacro %}
