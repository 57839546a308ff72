-- Grain: one row per pool that no owner's name and no driver could place.
-- Conserves: every amount of those pools, for the policy and the unallocated step to take.
with

pools as (

    select * from {{ ref('int_charges__pools') }}

),

placed as (

    select pool_id from {{ ref('int_allocation__direct') }}
    union distinct
    select pool_id from {{ ref('int_allocation__metered') }}
    union distinct
    select pool_id from {{ ref('int_allocation__idle') }}

)

select pools.*
from pools
left join placed on pools.pool_id = placed.pool_id
where placed.pool_id is null
