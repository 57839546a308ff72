{#- The one engine. Pools in, drivers in, rows out; the remainder of the last decimal goes to the largest share.

    units: relation (pool_id, allocation_step, allocation_method, driver, evidence_grade, rule_id, reason, …consumer columns,
           key_level, driver_units, memo_units) — every consumer of every pool with its units; idle capacity is a consumer too. Units are not negative.
    unit_scale: how many parts one unit is cut into to make it an integer: 1 for tokens and bytes, 1000000 where units have decimals.

    A pool whose units are all zero gives no rows here: it stays visible to the next step of the ladder. -#}
{% macro allocate_pools(pools, units, unit_scale) -%}
    totals as (

        select
            pool_id,
            cast(sum(driver_units) as decimal(38, 6)) as driver_units_total
        from {{ units }}
        group by pool_id
        having sum(driver_units) > 0

    ),

    shares as (

        select
            units.*,
            totals.driver_units_total,
            cast(units.driver_units as double) / cast(totals.driver_units_total as double) as share,
            {% for amount in money_columns() -%}
            pools.{{ amount }} as pool_{{ amount }},
            {{ mul_div(
                'pools.' ~ amount,
                'cast(units.driver_units * ' ~ unit_scale ~ ' as decimal(38, 0))',
                'cast(totals.driver_units_total * ' ~ unit_scale ~ ' as decimal(38, 0))'
            ) }} as {{ amount }},
            {% endfor -%}
            row_number() over (
                partition by units.pool_id
                order by units.driver_units desc, {{ consumer_columns() | join(', ') }}, units.allocation_step, units.reason, units.rule_id, units.driver
            ) as share_rank
        from {{ units }} as units
        -- Totals are made of these very units and every unit belongs to a pool: no money is on the side that could be lost.
        inner join totals on units.pool_id = totals.pool_id
        inner join {{ pools }} as pools on units.pool_id = pools.pool_id
        where units.driver_units > 0

    ),

    -- What rounding left of the pool, per pool; zero for most.
    remainders as (

        select
            pool_id,
            {% for amount in money_columns() -%}
            any_value(pool_{{ amount }}) - sum({{ amount }}) as {{ amount }}{{ ',' if not loop.last }}
            {% endfor %}
        from shares
        group by pool_id

    ),

    allocated as (

        select
            shares.pool_id,
            shares.allocation_step,
            shares.allocation_method,
            shares.rule_id,
            shares.evidence_grade,
            shares.reason,
            {% for column in consumer_columns() -%}
            shares.{{ column }},
            {% endfor -%}
            shares.key_level,
            shares.driver,
            shares.driver_units,
            shares.driver_units_total,
            shares.share,
            {% for amount in money_columns() -%}
            cast(shares.{{ amount }} + case when shares.share_rank = 1 then remainders.{{ amount }} else 0 end as decimal(38, 12)) as {{ amount }},
            {% endfor -%}
            shares.memo_units
        from shares
        left join remainders on shares.pool_id = remainders.pool_id

    )
{%- endmacro %}
