-- Grain: one row per pool and team of a shared-cost policy: even, fixed, weighted, or proportional to other spend.
-- Conserves: every amount of the remaining pools a dated rule covers.
with

pools as (

    select * from {{ ref('int_allocation__remaining') }}

),

rules as (

    select * from {{ ref('int_allocation__policies') }}

),

units as (

    select
        pools.pool_id,
        case when weights.team = 'unallocated' then 'unallocated' else 'shared' end as allocation_step,
        rules.method as allocation_method,
        rules.rule_id,
        case when weights.team = 'unallocated' then 'E' else 'D' end as evidence_grade,
        case when weights.team = 'unallocated' then 'fixed_remainder' end as reason,
        weights.team,
        weights.feature,
        cast(null as varchar) as environment,
        cast(null as varchar) as workload,
        cast(null as varchar) as agent_session_id,
        false as is_amplified,
        cast(null as integer) as key_level,
        'policy_weight' as driver,
        weights.weight as driver_units,
        cast(0 as decimal(38, 6)) as memo_units
    from pools
    -- A pool no rule covers, or whose rule finds no weight, leaves here and is unallocated in the next step.
    inner join rules on pools.pool_id = rules.pool_id
    inner join {{ ref('int_allocation__weights') }} as weights
        on
            rules.rule_id = weights.rule_id
            and pools.billing_month = weights.billing_month

),

{{ allocate_pools('pools', 'units', 1000000) }}

select {{ allocation_columns() | join(', ') }} from allocated
