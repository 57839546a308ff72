{% macro json_text(document, path) -%}
    {#- One value of a JSON text; null where the text is no JSON. -#}
    {{ return(adapter.dispatch('json_text', 'apportion')(document, path)) }}
{%- endmacro %}

{% macro duckdb__json_text(document, path) -%}
    json_extract_string(try_cast({{ document }} as json), '{{ path }}')
{%- endmacro %}

{% macro default__json_text(document, path) -%}
    get_json_object({{ document }}, '{{ path }}')
{%- endmacro %}

{% macro json_list_sum(document, member) -%}
    {#- The sum of one member over a JSON list of records; null where there is none. -#}
    {{ return(adapter.dispatch('json_list_sum', 'apportion')(document, member)) }}
{%- endmacro %}

{% macro duckdb__json_list_sum(document, member) -%}
    cast(list_sum(list_transform(cast(try_cast({{ document }} as json) as json[]), lambda e: cast(e ->> '{{ member }}' as bigint))) as bigint)
{%- endmacro %}

{% macro default__json_list_sum(document, member) -%}
    aggregate(from_json({{ document }}, 'array<map<string,string>>'), cast(null as bigint), (total, e) -> coalesce(total, 0) + cast(e['{{ member }}'] as bigint))
{%- endmacro %}
