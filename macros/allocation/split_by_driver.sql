{#- One layer's split: its pools against its metered drivers, at each pool's own period and at its best key level.

    drivers: relation (key_level, match_key, usage_hour, driver, …consumer columns, rule_id, reason, driver_units, memo_units)
    capacity: optional relation (key_level, match_key, usage_hour, capacity_units): what was there to use; the rest of it is idle.
    driver_grain: 'day' when the driver is known per day only: then every hour of a day is split in that day's proportions. -#}
{% macro split_by_driver(driver_family, drivers, capacity=none, unit_scale=1, driver_grain='hour') -%}
    {%- set grain = "case when pool_grain = 'hour' then 'day' else pool_grain end" if driver_grain == 'day' else 'pool_grain' -%}
    with

    pools as (

        select *
        from {{ ref('int_charges__pools') }}
        where
            driver_family = '{{ driver_family }}'
            and owner_team is null
            and not is_unused_commitment

    ),

    methods as (

        select * from {{ ref('driver_families') }}

    ),

    {{ pool_keys(grain) }}

    -- Hours rolled up to the period each pool is billed in; usage without a pool leaves here and is reported in usage_without_cost.
    used as (

        select
            drivers.key_level,
            drivers.match_key,
            grains.pool_grain,
            {{ match_period('grains.pool_grain', 'drivers.usage_hour', 'grains.span_start', 'grains.span_end') }} as match_period,
            drivers.driver,
            {% for column in consumer_columns() -%}
            drivers.{{ column }},
            {% endfor -%}
            drivers.rule_id,
            drivers.reason,
            cast(sum(drivers.driver_units) as decimal(38, 6)) as driver_units,
            cast(sum(drivers.memo_units) as decimal(38, 6)) as memo_units
        from {{ drivers }} as drivers
        inner join grains
            on
                drivers.key_level = grains.key_level
                and drivers.match_key = grains.match_key
                and (grains.pool_grain <> 'span' or (drivers.usage_hour >= grains.span_start and drivers.usage_hour < grains.span_end))
        group by all

    ),

    {% if capacity is not none -%}
    {{ idle_capacity(capacity) }}

    {% endif -%}
    consumers as (

        select
            key_level,
            match_key,
            pool_grain,
            match_period,
            case
                when reason = 'floor_without_queries' then 'idle'
                when team is null then 'unallocated'
                else 'metered'
            end as allocation_step,
            driver,
            {% for column in consumer_columns() -%}
            {{ "coalesce(" ~ column ~ ", 'unallocated') as " ~ column if column in ['team', 'feature'] else column }},
            {% endfor -%}
            rule_id,
            case when reason is not null or team is null then coalesce(reason, 'untagged_usage') end as reason,
            driver_units,
            memo_units
        from used
        {% if capacity is not none -%}
        union all
        select
            key_level,
            match_key,
            pool_grain,
            match_period,
            'idle' as allocation_step,
            cast(null as varchar) as driver,
            'unallocated' as team,
            'unallocated' as feature,
            cast(null as varchar) as environment,
            cast(null as varchar) as workload,
            cast(null as varchar) as agent_session_id,
            false as is_amplified,
            cast(null as varchar) as rule_id,
            'idle_capacity' as reason,
            driver_units,
            cast(0 as decimal(38, 6)) as memo_units
        from idle
        {% endif %}
    ),

    matched as (

        select
            pool_keys.pool_id,
            pool_keys.driver_kind,
            pool_keys.key_level,
            pool_keys.exact_key_level,
            min(pool_keys.key_level) over (partition by pool_keys.pool_id) as best_key_level,
            consumers.allocation_step,
            {% if capacity is not none -%}
            -- Idle capacity counts in what the use beside it counts in.
            coalesce(consumers.driver, max(consumers.driver) over (partition by pool_keys.pool_id, pool_keys.key_level)) as driver,
            {% else -%}
            consumers.driver,
            {% endif -%}
            {% for column in consumer_columns() -%}
            consumers.{{ column }},
            {% endfor -%}
            consumers.rule_id,
            consumers.reason,
            consumers.driver_units,
            consumers.memo_units
        from pool_keys
        -- A pool that finds no consumer at any level leaves here and stays for the next step of the ladder.
        inner join consumers
            on
                pool_keys.key_level = consumers.key_level
                and pool_keys.match_key = consumers.match_key
                and pool_keys.pool_grain = consumers.pool_grain
                and pool_keys.match_period = consumers.match_period
        where consumers.driver_units > 0

    ),

    units as (

        select
            matched.pool_id,
            matched.allocation_step,
            case when matched.allocation_step = 'idle' then 'idle_capacity' else coalesce(stated.allocation_method, methods.allocation_method) end as allocation_method,
            coalesce(stated.driver, matched.driver, methods.driver) as driver,
            case
                when matched.allocation_step = 'unallocated' then 'E'
                when matched.key_level <= matched.exact_key_level then 'B'
                else 'C'
            end as evidence_grade,
            matched.rule_id,
            matched.reason,
            {% for column in consumer_columns() -%}
            matched.{{ column }},
            {% endfor -%}
            matched.key_level,
            matched.driver_units,
            matched.memo_units
        from matched
        left join methods on matched.driver_kind = methods.driver_kind
        -- Use that is no measure of the pool's own kind says which kind it is, so that two measures never share a label.
        left join methods as stated on matched.driver = stated.driver_kind
        where matched.key_level = matched.best_key_level

    ),

    {{ allocate_pools('pools', 'units', unit_scale) }}

    select * from allocated
{%- endmacro %}
