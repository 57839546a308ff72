-- Grain: one row per pool nothing could place, with the reason why.
-- Conserves: every amount of the remaining pools that no policy covers.
with

pools as (

    select * from {{ ref('int_allocation__remaining') }}

),

taken as (

    select pool_id from {{ ref('int_allocation__shared') }}
    union distinct
    select pool_id from {{ ref('int_allocation__followed') }}

),

policies as (

    select * from {{ ref('int_allocation__policies') }}
    where method in ('keep_apart', 'follow_usage')

)

select
    pools.pool_id,
    'unallocated' as allocation_step,
    case when policies.method = 'keep_apart' then 'keep_apart' else 'none' end as allocation_method,
    policies.rule_id,
    'E' as evidence_grade,
    case
        when policies.method = 'keep_apart' then 'kept_apart'
        when policies.method = 'follow_usage' then 'no_usage_to_follow'
        when lower(pools.charge_category) <> 'usage' then 'no_policy_for_' || lower(pools.charge_category)
        when pools.driver_family = 'tokens' and pools.model_id is null then 'unknown_model'
        when pools.driver_family = 'tokens' and pools.token_kind is null then 'unknown_token_kind'
        -- The bill shows a tag from its activation on: before that day nobody knows whether the line was tagged.
        when pools.usage_date < activations.last_activated_on then 'tag_not_active_yet'
        when pools.driver_family is null then 'no_owner'
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
left join taken on pools.pool_id = taken.pool_id
left join policies on pools.pool_id = policies.pool_id
left join {{ ref('int_ownership__tag_activations') }} as activations
    on
        pools.provider = activations.provider
        and pools.billing_account_id = activations.billing_account_id
where taken.pool_id is null
