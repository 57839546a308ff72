-- Grain: one row per hour, bill key, token kind and consumer whose tokens no bill line has paid for.
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
        cast(without_cost.usage_hour as date) as usage_date,
        horizons.billed_until is null or without_cost.usage_hour >= horizons.billed_until as is_unbilled
    from without_cost
    left join horizons on without_cost.provider = horizons.provider

),

-- The dated price of that day, the closest statement first: this routing and tier, then a price said to hold for any.
priced as (

    select
        dated.*,
        prices.price_id,
        prices.price_usd_per_token,
        row_number() over (
            partition by
                dated.usage_hour, dated.provider, dated.account_id, dated.region, dated.geo_scope, dated.model_id_raw, dated.service_tier, dated.layer, dated.token_kind,
                dated.team, dated.feature, dated.environment, dated.workload, dated.agent_session_id, dated.is_amplified, dated.rule_id
            order by
                case when prices.geo_scope = dated.geo_scope then 0 else 1 end,
                case when prices.service_tier = dated.service_tier then 0 else 1 end,
                prices.price_id
        ) as price_rank
    from dated
    left join {{ ref('int_inference__price_book') }} as prices
        on
            dated.is_unbilled
            and dated.provider = prices.provider
            and dated.model_id = prices.model_id
            and dated.token_kind = prices.token_kind
            and prices.context_min_tokens = 0
            and (dated.geo_scope = prices.geo_scope or prices.geo_scope = 'any')
            and (dated.service_tier = prices.service_tier or prices.service_tier = 'any')
            and dated.usage_date >= prices.valid_from
            and dated.usage_date < prices.valid_to

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
    price_id,
    price_usd_per_token,
    case
        when not is_unbilled then 'no_bill_line_for_this_usage'
        when model_id is null then 'unpriced_unknown_model'
        when price_id is null then 'unpriced_no_price_on_that_day'
    end as exception_reason
from priced
where price_rank = 1
