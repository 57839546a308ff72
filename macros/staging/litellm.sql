{% macro litellm_request_tags(column) -%}
    {#- request_tags is a JSON list of words, by custom "key:value" or "key=value" -> a JSON list of key and value; a word alone is a key with the value true. -#}
    {{ return(adapter.dispatch('litellm_request_tags')(column)) }}
{%- endmacro %}

{% macro duckdb__litellm_request_tags(column) -%}
    (case
        when json_type(try_cast({{ column }} as json)) = 'ARRAY' then cast(to_json(list_transform(
            cast(json_extract_string(try_cast({{ column }} as json), '$[*]') as varchar[]),
            lambda word: struct_pack(
                "key" := trim(regexp_extract(word, '^([^:=]*)', 1)),
                "value" := case when regexp_matches(word, '[:=]') then trim(regexp_replace(word, '^[^:=]*[:=]', '')) else 'true' end
            )
        )) as varchar)
        when json_type(try_cast({{ column }} as json)) = 'OBJECT' then {{ column }}
    end)
{%- endmacro %}

{% macro default__litellm_request_tags(column) -%}
    case
        when left({{ column }}, 1) = '{' then {{ column }}
        else to_json(transform(
            from_json({{ column }}, 'array<string>'),
            w -> named_struct('key', split(w, '[:=]')[0], 'value', coalesce(split(w, '[:=]', 2)[1], 'true'))
        ))
    end
{%- endmacro %}

{% macro litellm_key_tags() -%}
    {#- What the gateway itself knows of the caller, as tags of the lowest precedence. -#}
    {{ return(adapter.dispatch('litellm_key_tags')()) }}
{%- endmacro %}

{% macro duckdb__litellm_key_tags() -%}
    cast(to_json(struct_pack(team_id := team_id, team_alias := team_alias, key_alias := key_alias, organization_id := organization_id)) as varchar)
{%- endmacro %}

{% macro default__litellm_key_tags() -%}
    to_json(named_struct('team_id', team_id, 'team_alias', team_alias, 'key_alias', key_alias, 'organization_id', organization_id))
{%- endmacro %}

{% macro litellm_model_prefix(column) -%}
    {#- LiteLLM writes models as provider/model when the provider column is empty. -#}
    case when {{ column }} like '%/%' then split_part({{ column }}, '/', 1) end
{%- endmacro %}
