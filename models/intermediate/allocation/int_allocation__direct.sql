-- Grain: one row per pool whose own tags, resource, account or principal name one owner, and that policy does not keep apart.
-- Conserves: every amount of those pools; nothing is split here.
with

pools as (

    select pools.*
    from {{ ref('int_charges__pools') }} as pools
    left join {{ ref('int_allocation__kept_apart') }} as kept_apart on pools.pool_id = kept_apart.pool_id
    where
        pools.owner_team is not null
        and not pools.is_unused_commitment
        and kept_apart.pool_id is null

)

select
    pool_id,
    'direct' as allocation_step,
    'direct_owner' as allocation_method,
    owner_rule_id as rule_id,
    'A' as evidence_grade,
    cast(null as varchar) as reason,
    owner_team as team,
    coalesce(owner_feature, 'unallocated') as feature,
    owner_environment as environment,
    coalesce(owner_workload, resource_id) as workload,
    cast(null as varchar) as agent_session_id,
    false as is_amplified,
    cast(null as integer) as key_level,
    consumed_unit as driver,
    cast(consumed_quantity as decimal(38, 6)) as driver_units,
    cast(consumed_quantity as decimal(38, 6)) as driver_units_total,
    cast(1 as double) as share,
    {% for amount in money_columns() -%}
    {{ amount }},
    {% endfor -%}
    cast(0 as decimal(38, 6)) as memo_units
from pools
