{% macro vertex_modality_tokens(column, modality, missing='null') -%}
    {#- Tokens of one medium in a list of modality and tokenCount; 0 where the list names others alone, `missing` where there is no list. -#}
    {{ return(adapter.dispatch('vertex_modality_tokens', 'apportion')(column, modality, missing)) }}
{%- endmacro %}

{% macro duckdb__vertex_modality_tokens(column, modality, missing) -%}
    case
        when json_type(try_cast({{ column }} as json)) = 'ARRAY' then coalesce(cast(list_sum(list_transform(
            list_filter(cast(try_cast({{ column }} as json) as json[]), lambda part: part ->> 'modality' = '{{ modality }}'),
            lambda part: try_cast(part ->> 'tokenCount' as bigint)
        )) as bigint), 0)
        else {{ 'cast(null as bigint)' if missing == 'null' else missing }}
    end
{%- endmacro %}

{% macro default__vertex_modality_tokens(column, modality, missing) -%}
    case
        when {{ column }} is null then {{ 'cast(null as bigint)' if missing == 'null' else missing }}
        else aggregate(
            filter(from_json({{ column }}, 'array<struct<modality:string,tokenCount:bigint>>'), part -> part.modality = '{{ modality }}'),
            cast(0 as bigint), (total, part) -> total + part.tokenCount
        )
    end
{%- endmacro %}
