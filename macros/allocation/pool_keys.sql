{#- The CTEs of split_by_driver that lay out each pool's candidate keys, best first (`pool_keys`), and which keys are billed at which grain (`grains`). -#}
{% macro pool_keys(grain) -%}
    pool_keys as (

        {% for level in range(1, 4) -%}
        select
            pool_id,
            {{ level }} as key_level,
            match_key_{{ level }} as match_key,
            {{ grain }} as pool_grain,
            date_trunc({{ grain }}, period_start) as match_period_start,
            driver_kind,
            exact_key_level
        from pools
        where match_key_{{ level }} is not null
        {% if not loop.last %}union all{% endif %}
        {% endfor %}

    ),

    grains as (

        select distinct
            key_level,
            match_key,
            pool_grain
        from pool_keys

    ),
{%- endmacro %}
