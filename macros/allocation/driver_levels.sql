{#- The three key levels of one driver family, written once: the usage relation must have the columns that pool_match_keys names
    (rename = how a pool's column is called in the usage). Returns a union over the levels; unknown parts give no key. -#}
{% macro driver_levels(family, relation, columns, rename={}, where_level={}) -%}
    {% for level in range(1, 4) -%}
    {%- set parts = [] -%}
    {%- for part in pool_match_keys()[family][level - 1] -%}{%- do parts.append(rename.get(part, part)) -%}{%- endfor -%}
    select
        {{ level }} as key_level,
        {{ match_key(parts) }} as match_key,
        {{ columns | join(', ') }}
    from {{ relation }}
    where
        {{ match_key(parts) }} is not null
        and {{ where_level.get(level, 'true') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro driver_columns() -%}
    {{ return(['usage_hour', 'driver'] + consumer_columns() + ['rule_id', 'reason', 'driver_units', 'memo_units']) }}
{%- endmacro %}
