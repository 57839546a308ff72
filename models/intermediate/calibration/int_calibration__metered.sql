-- Grain: one row per hour and bill key (provider, account, model, token kind, tier, routing): metered tokens and what they cost at the dated list price.
-- Conserves: the tokens of int_inference__on_demand: what capacity bought by the hour has paid for has no price per token.
-- Tokens without a price are counted beside those that have one, never as zero dollars.
with

usage as (

    select
        usage_hour,
        cast(usage_hour as date) as usage_date,
        provider,
        {{ match_key(['account_id']) }} as account_id,
        coalesce(model_id, model_id_raw) as model_id,
        model_id as known_model_id,
        token_kind,
        service_tier,
        routing,
        geo_scope,
        cast(sum(tokens) as decimal(38, 6)) as tokens
    from {{ ref('int_inference__on_demand') }}
    group by all

),

asked as (

    select distinct
        usage_date,
        provider,
        known_model_id as model_id,
        token_kind,
        service_tier,
        geo_scope
    from usage

),

prices as (

    {{ closest_price('asked') }}

),

priced as (

    select
        usage.*,
        prices.price_usd_per_token,
        {{ rate_date('usage.usage_date') }} as rate_date
    from usage
    left join prices
        on
            usage.usage_date = prices.usage_date
            and usage.provider = prices.provider
            and usage.known_model_id = prices.model_id
            and usage.token_kind = prices.token_kind
            and usage.service_tier = prices.service_tier
            and usage.geo_scope = prices.geo_scope

),

needed as (

    select distinct
        'USD' as from_currency,
        rate_date
    from priced

),

rates as (

    {{ rates_on_days('needed') }}

),

estimated as (

    select
        priced.*,
        cast(round(cast(priced.tokens as decimal(20, 0)) * priced.price_usd_per_token, 12) as decimal(38, 12)) as cost_usd,
        case when '{{ var("reporting_currency") }}' = 'USD' then cast(1 as decimal(38, 12)) else rates.rate end as rate
    from priced
    left join rates on priced.rate_date = rates.rate_date

)

select
    usage_hour,
    usage_date,
    cast(date_trunc('month', usage_date) as date) as usage_month,
    provider,
    account_id,
    model_id,
    token_kind,
    service_tier,
    routing,
    cast(sum(tokens) as decimal(38, 6)) as tokens,
    cast(sum(case when cost_usd is null or rate is null then tokens else 0 end) as decimal(38, 6)) as unpriced_tokens,
    cast(coalesce(sum({{ convert_currency('cost_usd', 'rate') }}), 0) as decimal(38, 12)) as estimated_cost
from estimated
group by all
