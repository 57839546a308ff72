{#- The CTEs of split_by_driver that find what was there to use and was not, per key and period; the last of them is `idle`.
    They read the split's own `used` and `grains`. -#}
{% macro idle_capacity(capacity) -%}
    capacities as (

        select
            capacity.key_level,
            capacity.match_key,
            grains.pool_grain,
            {{ match_period('grains.pool_grain', 'capacity.usage_hour', 'grains.span_start', 'grains.span_end') }} as match_period,
            cast(sum(capacity.capacity_units) as decimal(38, 6)) as capacity_units
        from {{ capacity }} as capacity
        inner join grains
            on
                capacity.key_level = grains.key_level
                and capacity.match_key = grains.match_key
                and (grains.pool_grain <> 'span' or (capacity.usage_hour >= grains.span_start and capacity.usage_hour < grains.span_end))
        group by all

    ),

    used_totals as (

        select
            key_level,
            match_key,
            pool_grain,
            match_period,
            sum(driver_units) as driver_units
        from used
        group by all

    ),

    -- Reserved and unused: its own consumer, so that nobody's share hides it.
    idle as (

        select
            capacities.key_level,
            capacities.match_key,
            capacities.pool_grain,
            capacities.match_period,
            cast(capacities.capacity_units - coalesce(used_totals.driver_units, 0) as decimal(38, 6)) as driver_units
        from capacities
        left join used_totals
            on
                capacities.key_level = used_totals.key_level
                and capacities.match_key = used_totals.match_key
                and capacities.pool_grain = used_totals.pool_grain
                and capacities.match_period = used_totals.match_period
        where capacities.capacity_units > coalesce(used_totals.driver_units, 0)

    ),
{%- endmacro %}
