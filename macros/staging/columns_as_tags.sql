{% macro columns_as_tags(columns) -%}
    {#- What a source knows in columns of its own, as one source of tags (see tag_entries). columns: tag -> SQL; an empty or missing value gives no tag. -#}
    {{ return(adapter.dispatch('columns_as_tags', 'apportion')(columns)) }}
{%- endmacro %}

{% macro duckdb__columns_as_tags(columns) -%}
    cast(to_json(struct_pack({% for tag, value in columns.items() %}"{{ tag }}" := cast({{ value }} as varchar){{ ', ' if not loop.last }}{% endfor %})) as varchar)
{%- endmacro %}

{% macro default__columns_as_tags(columns) -%}
    to_json(named_struct({% for tag, value in columns.items() %}'{{ tag }}', cast({{ value }} as string){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}
