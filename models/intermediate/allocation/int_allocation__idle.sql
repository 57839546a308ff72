-- Grain: one row per pool with reserved and unused capacity, or per unused commitment, with its owner by policy.
-- Conserves: every amount of the idle rows of the layers and of the unused commitments.
with

pools as (

    select * from {{ ref('int_charges__pools') }}

),

idle_capacity as (

    select {{ allocation_columns() | join(', ') }}
    from {{ ref('int_allocation__metered') }}
    where allocation_step = 'idle'

),

unused_commitments as (

    select
        pool_id,
        'idle' as allocation_step,
        'idle_capacity' as allocation_method,
        cast(null as varchar) as rule_id,
        'B' as evidence_grade,
        'unused_commitment' as reason,
        'unallocated' as team,
        'unallocated' as feature,
        cast(null as varchar) as environment,
        cast(null as varchar) as workload,
        cast(null as varchar) as agent_session_id,
        false as is_amplified,
        cast(null as integer) as key_level,
        consumed_unit as driver,
        cast(consumed_quantity as decimal(38, 6)) as driver_units,
        cast(consumed_quantity as decimal(38, 6)) as driver_units_total,
        cast(1 as double) as share,
        {{ money_columns() | join(', ') }},
        cast(0 as decimal(38, 6)) as memo_units
    from pools
    where is_unused_commitment

),

idle as (

    select * from idle_capacity
    union all
    select * from unused_commitments

),

rules as (

    {{ match_allocation_rule('(select * from pools where pool_id in (select pool_id from idle))', 'idle') }}

),

targets as (

    select
        rule_id,
        lower(trim(team)) as team,
        coalesce(nullif(lower(trim(feature)), ''), 'unallocated') as feature,
        row_number() over (partition by rule_id order by team, feature) as target_rank
    from {{ ref('stg_policy__allocation_rule_targets') }}
    where x_quarantine_reason is null

),

-- One owner per idle rule: the first target by name, should a rule list several.
owners as (

    select
        rule_id,
        team,
        feature
    from targets
    where target_rank = 1

),

owned as (

    select
        idle.pool_id,
        idle.allocation_step,
        idle.allocation_method,
        rules.rule_id,
        idle.evidence_grade,
        idle.reason,
        coalesce(owners.team, idle.team) as team,
        coalesce(owners.feature, idle.feature) as feature,
        idle.environment,
        idle.workload,
        idle.agent_session_id,
        idle.is_amplified,
        idle.key_level,
        idle.driver,
        idle.driver_units,
        idle.driver_units_total,
        idle.share,
        {% for amount in money_columns() -%}
        idle.{{ amount }},
        {% endfor -%}
        idle.memo_units
    from idle
    left join rules on idle.pool_id = rules.pool_id
    left join owners on rules.rule_id = owners.rule_id

)

select * from owned
