-- Law 2: inside a pool every share but the largest stands in the ratio of its driver units, to one unit of the last decimal place.
-- The largest takes the remainder, which is never more than one unit per consumer.
with

rows_of_pools as (

    select
        allocations.*,
        pools.effective_cost as pool_effective_cost,
        rank() over (partition by allocations.pool_id order by allocations.driver_units desc) as share_rank,
        count(*) over (partition by allocations.pool_id) as consumers
    from {{ ref('int_allocation__metered') }} as allocations
    left join {{ ref('int_charges__pools') }} as pools on allocations.pool_id = pools.pool_id

)

select
    pool_id,
    team,
    feature,
    driver_units,
    driver_units_total,
    effective_cost,
    pool_effective_cost
from rows_of_pools
where
    -- Beyond 128 bits there is nothing exact to compare with; mul_div says what it does there.
    abs(cast(pool_effective_cost as double)) * cast(driver_units_total as double) < 1e19
    -- Cross-multiplied in whole units of the last decimal place, so that no division rounds: cost * total against pool * units.
    and abs(
        cast(effective_cost * 1000000000000 as hugeint) * cast(driver_units_total * 1000000 as hugeint)
        - cast(pool_effective_cost * 1000000000000 as hugeint) * cast(driver_units * 1000000 as hugeint)
    ) > cast(driver_units_total * 1000000 as hugeint) * (case when share_rank = 1 then consumers else 1 end)
