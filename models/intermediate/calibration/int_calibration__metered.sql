-- Grain: one row per hour and bill key (provider, account, model, token kind, tier, routing): metered tokens and what they cost at the dated list price.
-- Conserves: the tokens of int_inference__on_demand: what capacity bought by the hour has paid for has no price per token.
-- Tokens without a price are counted beside those that have one, never as zero dollars.
with

usage as (

    select
        usage_hour,
        usage_date,
        provider,
        {{ match_key(['account_id']) }} as account_id,
        coalesce(model_id, model_id_raw) as model_id,
        token_kind,
        service_tier,
        routing,
        {{ rate_date('usage_date') }} as rate_date,
        cast(sum(tokens) as decimal(38, 6)) as tokens,
        cast(sum(case when estimated_cost_usd is null then tokens else 0 end) as decimal(38, 6)) as unpriced_tokens,
        cast(coalesce(sum(estimated_cost_usd), 0) as decimal(38, 12)) as cost_usd
    from {{ ref('int_inference__on_demand') }}
    group by all

),

needed as (

    select distinct
        'USD' as from_currency,
        rate_date
    from usage

),

rates as (

    {{ rates_on_days('needed') }}

),

rated as (

    select
        usage.*,
        case when '{{ var("reporting_currency") }}' = 'USD' then cast(1 as decimal(38, 12)) else rates.rate end as rate
    from usage
    left join rates on usage.rate_date = rates.rate_date

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
    tokens,
    case when rate is null then tokens else unpriced_tokens end as unpriced_tokens,
    cast(coalesce({{ convert_currency('cost_usd', 'rate') }}, 0) as decimal(38, 12)) as estimated_cost
from rated
