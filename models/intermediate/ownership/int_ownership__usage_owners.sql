-- Grain: one row per (owner_key, usage_date) of usage that a dated rule gives an owner.
-- Resolved on distinct keys per day, never per request.
with

{% for model, evidence in usage_evidence().items() -%}
keys_{{ loop.index }} as (

    select distinct
        owner_key,
        cast(usage_hour as date) as usage_date,
        tags{% for column in evidence.values() %},
        {{ column }}{% endfor %}
    from {{ ref(model) }}

),

tags_{{ loop.index }} as (

    {{ explode_map('keys_' ~ loop.index, 'tags', ['owner_key', 'usage_date']) }}

),

{% endfor -%}
evidence as (

    {% for model, evidence in usage_evidence().items() -%}
    {% set index = loop.index -%}
    select
        owner_key,
        usage_date,
        'tag' as match_type,
        map_key as match_key,
        map_value as match_value
    from tags_{{ index }}
    {% for match_type, column in evidence.items() -%}
    union all
    select
        owner_key,
        usage_date,
        '{{ match_type }}' as match_type,
        cast(null as varchar) as match_key,
        {{ column }} as match_value
    from keys_{{ index }}
    {% if match_type == 'principal' -%}
    union all
    select
        owner_key,
        usage_date,
        'principal' as match_type,
        cast(null as varchar) as match_key,
        {{ principal_role(column) }} as match_value
    from keys_{{ index }}
    {% endif -%}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

{{ resolve_owners('evidence', 'usage') }}
