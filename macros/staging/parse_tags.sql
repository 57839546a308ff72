{#- Tags travel as a MAP, a JSON object, a JSON list of key and value, or Azure's object without its braces. Four steps, each one expression:
    raw_tag_entries  one source of tags -> list of (key, value)
    tag_entries      several sources    -> one sorted list of (clean_key, precedence, is_unclean, raw_key, value)
    tag_map          sorted list        -> map(clean key, value): the first of each key wins
    tag_collisions   sorted list        -> how many differing values lost against one of equal precedence
    Winner on a collision: lower precedence number, then the key that needed no cleaning, then the lexically first raw key and value. -#}

{% macro tag_text_is_bad(text_column) -%}
    {{ return(adapter.dispatch('tag_text_is_bad')(text_column)) }}
{%- endmacro %}

{% macro duckdb__tag_text_is_bad(text_column) -%}
    ({{ text_column }} is not null and try_cast({{ apportion.braced(text_column) }} as json) is null)
{%- endmacro %}

{% macro default__tag_text_is_bad(text_column) -%}
    ({{ text_column }} is not null and from_json({{ text_column }}, 'map<string,string>', map('mode', 'PERMISSIVE')) is null)
{%- endmacro %}

{% macro braced(text_column) -%}
    case when regexp_matches({{ text_column }}, '^\s*[{\[]|^\s*null\s*$') then {{ text_column }} else '{' || {{ text_column }} || '}' end
{%- endmacro %}

{% macro raw_tag_entries(text_column, map_column) -%}
    {{ return(adapter.dispatch('raw_tag_entries')(text_column, map_column)) }}
{%- endmacro %}

{#- JSON pointers, not paths: a key may hold dots, quotes and blanks. A cast to MAP would stop the run on a repeated key. -#}
{% macro duckdb__raw_tag_entries(text_column, map_column) -%}
    coalesce(
        {% if map_column %}list_transform(map_entries({{ map_column }}), lambda e: struct_pack(raw_key := cast(e.key as varchar), raw_value := cast(e.value as varchar))),
        {% endif %}
        {%- if text_column %}case json_type(try_cast({{ apportion.braced(text_column) }} as json))
            when 'OBJECT' then list_transform(
                list_distinct(json_keys(try_cast({{ apportion.braced(text_column) }} as json))),
                lambda k: struct_pack(raw_key := k, raw_value := json_extract_string({{ apportion.braced(text_column) }}, '/' || replace(replace(k, '~', '~0'), '/', '~1')))
            )
            when 'ARRAY' then list_transform(
                cast(try_cast({{ text_column }} as json) as json[]),
                lambda e: struct_pack(raw_key := coalesce(e ->> 'key', e ->> 'Key'), raw_value := coalesce(e ->> 'value', e ->> 'Value'))
            )
        end,
        {% endif -%}
        []
    )
{%- endmacro %}

{% macro default__raw_tag_entries(text_column, map_column) -%}
    transform(
        map_entries(coalesce({% if map_column %}{{ map_column }}, {% endif %}{% if text_column %}from_json({{ text_column }}, 'map<string,string>'), {% endif %}map())),
        e -> named_struct('raw_key', e.key, 'raw_value', e.value)
    )
{%- endmacro %}

{% macro tag_entries(parts) -%}
    {#- parts: list of dicts with text and/or map (column names), precedence (0 wins), strip (a regex whose matches are cut out of the key),
        only (a regex; other keys are left out) and behind (a regex; keys that match stand one rank lower). -#}
    {{ return(adapter.dispatch('tag_entries')(parts)) }}
{%- endmacro %}

{% macro duckdb__tag_entries(parts) -%}
    list_sort({% for part in parts %}{{ ' || ' if not loop.first }}
        list_filter(
            list_transform(
                {% if part.only %}list_filter({% endif -%}
                {{ apportion.raw_tag_entries(part.text, part.map) }}
                {%- if part.only %}, lambda e: regexp_matches(e.raw_key, '{{ part.only }}')){% endif %},
                lambda e: struct_pack(
                    clean_key := lower(trim({% if part.strip %}regexp_replace(e.raw_key, '{{ part.strip }}', '', 'g'){% else %}e.raw_key{% endif %})),
                    precedence := {{ part.precedence | default(0) }}{% if part.behind %} + cast(regexp_matches(e.raw_key, '{{ part.behind }}') as integer){% endif %},
                    is_unclean := cast(e.raw_key <> lower(trim(e.raw_key)) as integer),
                    raw_key := e.raw_key,
                    tag_value := trim(e.raw_value)
                )
            ),
            lambda e: e.clean_key <> '' and e.tag_value <> ''
        )
    {%- endfor %}
    )
{%- endmacro %}

{% macro default__tag_entries(parts) -%}
    array_sort(concat({% for part in parts %}{{ ', ' if not loop.first }}
        filter(
            transform(
                {{ apportion.raw_tag_entries(part.text, part.map) }},
                e -> named_struct(
                    'clean_key', lower(trim({% if part.strip %}regexp_replace(e.raw_key, '{{ part.strip }}', ''){% else %}e.raw_key{% endif %})),
                    'precedence', {{ part.precedence | default(0) }}{% if part.behind %} + cast(e.raw_key rlike '{{ part.behind }}' as int){% endif %},
                    'is_unclean', cast(e.raw_key <> lower(trim(e.raw_key)) as int),
                    'raw_key', e.raw_key,
                    'tag_value', trim(e.raw_value)
                )
            ),
            e -> e.clean_key <> '' and e.tag_value <> ''{% if part.only %} and e.raw_key rlike '{{ part.only }}'{% endif %}
        )
    {%- endfor %}
    ))
{%- endmacro %}

{% macro tags_are_clean(map_column, without='') -%}
    {#- True for a map that tag_map would give back as it is: the usual case of well-kept telemetry, told in a fraction of the time that cleaning takes.
        without: further characters that no key may hold. -#}
    {{ return(adapter.dispatch('tags_are_clean')(map_column, without)) }}
{%- endmacro %}

{#- Keys in lower case without blanks; no value empty, missing or with blanks around it. The order of keys is left alone: a map has none, and DuckDB takes a microsecond to build one. -#}
{% macro duckdb__tags_are_clean(map_column, without) -%}
    coalesce(
        regexp_full_match(array_to_string(map_keys({{ map_column }}), chr(10)), '[^A-Z\s{{ without }}]*(\n[^A-Z\s{{ without }}]+)*')
        and not regexp_matches(array_to_string(map_values({{ map_column }}), chr(10)), '^\s|\n\s|\s\n|\s$')
        and array_to_string(map_values({{ map_column }}), '') <> ''
        and list_count(map_values({{ map_column }})) = len(map_values({{ map_column }})),
        false
    )
{%- endmacro %}

{% macro default__tags_are_clean(map_column, without) -%}
    false
{%- endmacro %}

{% macro tag_map(entries) -%}
    {{ return(adapter.dispatch('tag_map')(entries)) }}
{%- endmacro %}

{% macro duckdb__tag_map(entries) -%}
    map_from_entries(
        list_transform(
            list_filter({{ entries }}, lambda e, i: i = 1 or {{ entries }}[i - 1].clean_key <> e.clean_key),
            lambda e: struct_pack("key" := e.clean_key, "value" := e.tag_value)
        )
    )
{%- endmacro %}

{% macro default__tag_map(entries) -%}
    map_from_entries(
        transform(
            filter({{ entries }}, (e, i) -> i = 0 or {{ entries }}[i - 1].clean_key <> e.clean_key),
            e -> named_struct('key', e.clean_key, 'value', e.tag_value)
        )
    )
{%- endmacro %}

{% macro tag_collisions(entries) -%}
    {{ return(adapter.dispatch('tag_collisions')(entries)) }}
{%- endmacro %}

{% macro duckdb__tag_collisions(entries) -%}
    cast(len(list_filter(
        {{ entries }},
        lambda e, i: i > 1
            and {{ entries }}[i - 1].clean_key = e.clean_key
            and {{ entries }}[i - 1].precedence = e.precedence
            and {{ entries }}[i - 1].tag_value <> e.tag_value
    )) as integer)
{%- endmacro %}

{% macro default__tag_collisions(entries) -%}
    cast(size(filter(
        {{ entries }},
        (e, i) -> i > 0
            and {{ entries }}[i - 1].clean_key = e.clean_key
            and {{ entries }}[i - 1].precedence = e.precedence
            and {{ entries }}[i - 1].tag_value <> e.tag_value
    )) as int)
{%- endmacro %}

{% macro tag_value(map_column, keys) -%}
    {#- The first filled of several keys. -#}
    coalesce({% for key in keys %}{{ map_column }}['{{ key }}']{{ ', ' if not loop.last }}{% endfor %}{{ ', null' if keys | length == 1 }})
{%- endmacro %}

{% macro no_tags() -%}
    {#- The tags of a bill that has none. -#}
    {{ return(adapter.dispatch('no_tags')()) }}
{%- endmacro %}

{% macro duckdb__no_tags() -%}
    cast(map {} as map(varchar, varchar))
{%- endmacro %}

{% macro default__no_tags() -%}
    cast(map() as map<string, string>)
{%- endmacro %}
