-- Grain: one row per pool nothing could place, with the reason why.
-- Conserves: every amount of the remaining pools that no policy covers.
with

pools as (

    select * from {{ ref('int_allocation__remaining') }}

),

shared as (

    select distinct pool_id from {{ ref('int_allocation__shared') }}

)

select
    pools.pool_id,
    'unallocated' as allocation_step,
    'none' as allocation_method,
    cast(null as varchar) as rule_id,
    'E' as evidence_grade,
    case
        when lower(pools.charge_category) <> 'usage' then 'no_policy_for_' || lower(pools.charge_category)
        when pools.driver_family is null then 'no_owner'
        when pools.driver_family = 'tokens' and pools.model_id is null then 'unknown_model'
        when pools.driver_family = 'tokens' and pools.token_kind is null then 'unknown_token_kind'
        else 'no_driver'
    end as reason,
    'unallocated' as team,
    'unallocated' as feature,
    cast(null as varchar) as environment,
    cast(null as varchar) as workload,
    cast(null as varchar) as agent_session_id,
    false as is_amplified,
    cast(null as integer) as key_level,
    pools.consumed_unit as driver,
    cast(pools.consumed_quantity as decimal(38, 6)) as driver_units,
    cast(pools.consumed_quantity as decimal(38, 6)) as driver_units_total,
    cast(1 as double) as share,
    {% for amount in money_columns() -%}
    pools.{{ amount }},
    {% endfor -%}
    cast(0 as decimal(38, 6)) as memo_units
from pools
left join shared on pools.pool_id = shared.pool_id
where shared.pool_id is null
