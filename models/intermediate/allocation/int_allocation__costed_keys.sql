-- Grain: one row per driver family, key level, match key and period whose usage took a share of some pool.
with

placed as (

    select distinct
        pool_id,
        key_level
    from {{ ref('int_allocation__metered') }}
    union
    -- A line that names its owner paid for what its own resource or key was used for.
    select
        pool_id,
        1 as key_level
    from {{ ref('int_allocation__direct') }}

),

pools as (

    select * from {{ ref('int_charges__pools') }}

)

select distinct
    pools.driver_family,
    placed.key_level,
    case placed.key_level
        when 1 then pools.match_key_1
        when 2 then pools.match_key_2
        else pools.match_key_3
    end as match_key,
    pools.pool_grain,
    date_trunc(case when pools.pool_grain = 'span' then 'hour' else pools.pool_grain end, pools.period_start) as match_period_start,
    case when pools.pool_grain = 'span' then pools.period_end end as match_period_end
from placed
left join pools on placed.pool_id = pools.pool_id
where pools.driver_family is not null
