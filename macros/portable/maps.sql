{% macro explode_map(relation, map_column, keep) -%}
    {{ return(adapter.dispatch('explode_map', 'apportion')(relation, map_column, keep)) }}
{%- endmacro %}

{#- One row per entry of a map column, as (…keep, map_key, map_value). -#}
{% macro duckdb__explode_map(relation, map_column, keep) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        entry.key as map_key,
        entry.value as map_value
    from (
        select
            {% for column in keep %}{{ column }}, {% endfor %}
            unnest(map_entries({{ map_column }})) as entry
        from {{ relation }}
    ) as exploded
{%- endmacro %}

{% macro default__explode_map(relation, map_column, keep) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        map_key,
        map_value
    from {{ relation }}
    lateral view explode({{ map_column }}) entries as map_key, map_value
{%- endmacro %}
