-- Grain: one row per pool and consumer of the usage the pool belongs to.
-- Conserves: every amount of the remaining pools whose policy is follow_usage and whose usage can be found. The usage of the same resource, else of the same sub account and service,
-- else of the same sub account, else of the same billing account; always of the month the charge is for and of its billing currency.
{% set bill = ['provider', 'billing_account_id', 'billing_currency', 'charge_month'] -%}
{% set levels = [['resource_key'], ['sub_account_id', 'service_name'], ['sub_account_id'], []] -%}
with

followers as (

    select
        remaining.*,
        policies.rule_id,
        date_trunc('month', remaining.usage_date) as charge_month
    from {{ ref('int_allocation__remaining') }} as remaining
    -- Pools of another policy, or of none, are taken by the other steps.
    inner join {{ ref('int_allocation__policies') }} as policies on remaining.pool_id = policies.pool_id
    where policies.method = 'follow_usage'

),

follower_keys as (

    {% for level in levels -%}
    select
        pool_id,
        rule_id,
        {{ loop.index }} as key_level,
        {{ match_key(bill + level) }} as follow_key
    from followers
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

usage_keys as (

    {% for level in levels -%}
    select
        {{ loop.index }} as key_level,
        {{ match_key(bill + level) }} as follow_key,
        team,
        feature,
        environment,
        -- Who was credited more than charged has no part in what others caused: weights are never negative.
        cast(sum(effective_cost) as decimal(38, 6)) as weight
    from {{ ref('int_allocation__placed_usage') }}
    group by all
    having sum(effective_cost) > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

matched as (

    select
        follower_keys.pool_id,
        follower_keys.rule_id,
        follower_keys.key_level,
        min(follower_keys.key_level) over (partition by follower_keys.pool_id) as best_key_level,
        usage_keys.team,
        usage_keys.feature,
        usage_keys.environment,
        usage_keys.weight
    from follower_keys
    -- A pool that finds no usage at any level leaves here and is unallocated in the next step.
    inner join usage_keys
        on
            follower_keys.key_level = usage_keys.key_level
            and follower_keys.follow_key = usage_keys.follow_key
    where usage_keys.weight > 0

),

units as (

    select
        pool_id,
        case when team = 'unallocated' then 'unallocated' else 'shared' end as allocation_step,
        'follow_usage' as allocation_method,
        rule_id,
        case when team = 'unallocated' then 'E' else 'D' end as evidence_grade,
        case when team = 'unallocated' then 'follows_unallocated_usage' end as reason,
        team,
        feature,
        environment,
        cast(null as varchar) as workload,
        cast(null as varchar) as agent_session_id,
        false as is_amplified,
        key_level,
        'followed_cost' as driver,
        weight as driver_units,
        cast(0 as decimal(38, 6)) as memo_units
    from matched
    where key_level = best_key_level

),

{{ allocate_pools('followers', 'units', 1000000) }}

select {{ allocation_columns() | join(', ') }} from allocated
