{#- The three key levels of one driver family, written once: the usage relation must have the columns that pool_match_keys names
    (rename = how a pool's column is called in the usage). overrides = what a column says at one level instead: {3: {'reason': "'…'"}}.
    Returns a union over the levels; unknown parts give no key. -#}
{% macro driver_levels(family, relation, columns, rename={}, overrides={}) -%}
    {% for level in range(1, 4) -%}
    {%- set parts = [] -%}
    {%- for part in pool_match_keys()[family][level - 1] -%}{%- do parts.append(rename.get(part, part)) -%}{%- endfor -%}
    select
        {{ level }} as key_level,
        {{ match_key(parts) }} as match_key,
        {% for column in columns -%}
        {%- if column in overrides.get(level, {}) %}{{ overrides[level][column] }} as {% endif %}{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ relation }}
    where {{ match_key(parts) }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro driver_columns() -%}
    {{ return(['usage_hour', 'driver'] + consumer_columns() + ['rule_id', 'reason', 'driver_units', 'memo_units']) }}
{%- endmacro %}
