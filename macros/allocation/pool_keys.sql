{#- The CTEs of split_by_driver that lay out each pool's candidate keys, best first (`pool_keys`), and which keys are billed at which grain (`grains`). -#}
{% macro pool_keys(grain) -%}
    pool_keys as (

        {% for level in range(1, 4) -%}
        select
            pool_id,
            {{ level }} as key_level,
            match_key_{{ level }} as match_key,
            {{ grain }} as pool_grain,
            {{ match_period(grain, 'period_start', 'period_start', 'period_end') }} as match_period,
            case when pool_grain = 'span' then period_start end as span_start,
            case when pool_grain = 'span' then period_end end as span_end,
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
            pool_grain,
            span_start,
            span_end
        from pool_keys

    ),
{%- endmacro %}

{#- The period a pool or a moment of use belongs to, as text: the hour, day or month it lies in, or the pool's own span. -#}
{% macro match_period(grain, moment, span_start, span_end) -%}
    case
        when {{ grain }} = 'span' then cast({{ span_start }} as varchar) || '/' || cast({{ span_end }} as varchar)
        else cast(date_trunc(case when {{ grain }} = 'span' then 'hour' else {{ grain }} end, {{ moment }}) as varchar)
    end
{%- endmacro %}
