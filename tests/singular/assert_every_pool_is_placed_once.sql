-- Conservation per pool, every amount, tolerance zero; a pool the ladder forgot or placed twice is a row.
with

pools as (

    select * from {{ ref('int_charges__pools') }}

),

ladder as (

    select
        {% for amount in money_columns() -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        pool_id
    from {{ ref('int_allocation__ladder') }}
    group by pool_id

)

select
    coalesce(pools.pool_id, ladder.pool_id) as pool_id,
    pools.billed_cost as pool_billed_cost,
    ladder.billed_cost as ladder_billed_cost
from pools
full join ladder on pools.pool_id = ladder.pool_id
where
    pools.pool_id is null
    or ladder.pool_id is null
    {% for amount in money_columns() -%}
    or pools.{{ amount }} is distinct from ladder.{{ amount }}
    {% endfor %}
