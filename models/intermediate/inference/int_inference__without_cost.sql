-- Grain: one row per hour, bill key, context band, token kind and consumer whose tokens no bill line has paid for.
-- After the provider's last billed moment it is usage the bill has not reached: it is estimated. Before, it is an exception.
with

usage as (

    select
        *,
        account_id as account_key,
        region as region_id
    from {{ ref('int_inference__on_demand') }}

),

without_cost as (

    {{ usage_without_cost('tokens', 'usage') }}

),

horizons as (

    select
        provider,
        max(period_end) as billed_until
    from {{ ref('int_charges__pools') }}
    where
        driver_family = 'tokens'
        and charge_category = 'Usage'
    group by provider

),

dated as (

    select
        without_cost.*,
        horizons.billed_until is null or without_cost.usage_hour >= horizons.billed_until as is_unbilled
    from without_cost
    left join horizons on without_cost.provider = horizons.provider

)

select
    usage_hour,
    usage_date,
    provider,
    account_id,
    region,
    geo_scope,
    model_id_raw,
    model_id,
    service_tier,
    context_min_tokens,
    layer,
    token_kind,
    team,
    feature,
    environment,
    workload,
    agent_session_id,
    is_amplified,
    rule_id,
    tokens,
    memo_tokens,
    is_unbilled,
    case when is_unbilled then price_id end as price_id,
    case when is_unbilled then price_usd_per_unit end as price_usd_per_unit,
    case when is_unbilled then estimated_cost_usd end as estimated_cost_usd,
    unpriced_reason,
    case
        when not is_unbilled then 'no_bill_line_for_this_usage'
        when price_id is null then 'unpriced_' || unpriced_reason
    end as exception_reason
from dated
