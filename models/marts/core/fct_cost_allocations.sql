-- Grain: one row per pool, consumer and ladder step.
-- Conserves: every amount of every charge, exactly; estimated rows stand beside them with a billed cost of zero.
with

ladder as (

    select * from {{ ref('int_allocation__ladder') }}

),

pools as (

    select * from {{ ref('int_charges__pools') }}

),

estimated as (

    select * from {{ ref('int_allocation__estimated') }}

),

billed_rows as (

    select
        ladder.pool_id,
        cast(pools.period_start as timestamp) as period_start,
        cast(pools.period_end as timestamp) as period_end,
        pools.usage_date,
        pools.billing_month,
        pools.provider,
        pools.billing_account_id,
        pools.sub_account_id,
        pools.service_name,
        pools.region_id,
        pools.resource_id,
        pools.sku_id,
        pools.charge_category,
        -- The amplified part of a session's inference is the agents' layer; the first call stays inference. Never both.
        case when ladder.is_amplified and pools.layer = 'inference' then 'agents' else pools.layer end as layer,
        pools.model_id,
        pools.token_kind,
        pools.instance_type as x_instance_type,
        ladder.team,
        ladder.feature,
        ladder.environment,
        ladder.workload,
        ladder.agent_session_id,
        ladder.allocation_step,
        ladder.allocation_method,
        ladder.rule_id,
        ladder.evidence_grade,
        ladder.reason,
        ladder.key_level,
        ladder.driver,
        ladder.driver_units,
        ladder.driver_units_total,
        ladder.share,
        pools.billing_currency,
        {% for amount in money_columns() -%}
        ladder.{{ amount }},
        {% endfor -%}
        case
            when ladder.memo_units > 0 and ladder.driver_units > 0 and pools.driver_family = 'tokens'
                then {{ mul_div('ladder.effective_cost', 'cast(ladder.memo_units as decimal(38, 0))', 'cast(ladder.driver_units as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as retrieved_context_cost,
        ladder.is_amplified,
        'billed' as cost_basis,
        pools.x_source
    from ladder
    left join pools on ladder.pool_id = pools.pool_id

),

estimated_rows as (

    select
        pool_id,
        cast(usage_date as timestamp) as period_start,
        cast(usage_date as timestamp) + interval '1' day as period_end,
        usage_date,
        cast(date_trunc('month', usage_date) as date) as billing_month,
        provider,
        cast(null as varchar) as billing_account_id,
        account_id as sub_account_id,
        cast(null as varchar) as service_name,
        region as region_id,
        cast(null as varchar) as resource_id,
        cast(null as varchar) as sku_id,
        'Usage' as charge_category,
        case when is_amplified and layer = 'inference' then 'agents' else layer end as layer,
        model_id,
        token_kind,
        cast(null as varchar) as x_instance_type,
        coalesce(team, 'unallocated') as team,
        coalesce(feature, 'unallocated') as feature,
        environment,
        workload,
        agent_session_id,
        case when team is null then 'unallocated' else 'metered' end as allocation_step,
        'price_book' as allocation_method,
        rule_id,
        case when team is null then 'E' else 'C' end as evidence_grade,
        case when team is null then 'untagged_usage' end as reason,
        cast(null as integer) as key_level,
        'tokens' as driver,
        cast(tokens as decimal(38, 6)) as driver_units,
        cast(tokens_total as decimal(38, 6)) as driver_units_total,
        cast(tokens as double) / cast(tokens_total as double) as share,
        'USD' as billing_currency,
        cast(0 as decimal(38, 12)) as billed_cost,
        cost_usd as effective_cost,
        cost_usd as list_cost,
        cast(0 as decimal(38, 12)) as billed_cost_reporting,
        cost_reporting as effective_cost_reporting,
        cost_reporting as list_cost_reporting,
        cast(case when memo_tokens > 0 then {{ mul_div('cost_usd', 'memo_tokens', 'tokens') }} else 0 end as decimal(38, 12)) as retrieved_context_cost,
        is_amplified,
        'estimated' as cost_basis,
        'price_book' as x_source
    from estimated

),

unioned as (

    select * from billed_rows
    union all
    select * from estimated_rows

)

select
    {{ surrogate_key([
        'pool_id', 'cost_basis', 'allocation_step', 'team', 'feature', 'environment', 'workload', 'agent_session_id', 'is_amplified', 'rule_id', 'reason', 'driver',
    ]) }} as allocation_id,
    *
from unioned
