-- Grain: one row per thing to price: provider, model, geographic scope, region, service tier, context band, token kind and day of use.
-- Prices are looked up here, on distinct keys; int_inference__priced carries them to the usage.
with

keys as (

    select distinct
        provider,
        model_id,
        geo_scope,
        region,
        service_tier,
        context_min_tokens,
        token_kind,
        cast(usage_hour as date) as usage_date
    from {{ ref('int_inference__consumption') }}
    where model_id is not null

),

numbered as (

    select
        *,
        row_number() over (order by provider, model_id, geo_scope, region, service_tier, context_min_tokens, token_kind, usage_date) as lookup_id
    from keys

),

prices as (

    select * from {{ ref('int_inference__price_book') }}

),

-- Every price of that model and kind, with what speaks for it and against it.
candidates as (

    select
        numbered.lookup_id,
        prices.price_id,
        prices.price_usd_per_token,
        prices.price_source,
        prices.geo_scope,
        numbered.geo_scope = 'unknown' or prices.geo_scope in (numbered.geo_scope, 'any') as is_right_scope,
        prices.service_tier in (numbered.service_tier, 'any') as is_right_tier,
        numbered.usage_date >= prices.valid_from and numbered.usage_date < prices.valid_to as is_right_day,
        -- Where nobody says how the call was routed, each route's price stands for itself.
        case when numbered.geo_scope = 'unknown' then prices.geo_scope else 'said' end as guess,
        case when prices.geo_scope = numbered.geo_scope then 0 else 1 end as scope_rank,
        case when prices.service_tier = numbered.service_tier then 0 else 1 end as tier_rank,
        prices.context_min_tokens
    from numbered
    inner join prices
        on
            numbered.provider = prices.provider
            and numbered.model_id = prices.model_id
            and numbered.token_kind = prices.token_kind
            and (numbered.context_min_tokens >= prices.context_min_tokens or (numbered.context_min_tokens is null and prices.context_min_tokens = 0))

),

-- The closest statement first: this routing and tier, then a price said to hold for any; of the bands the call reaches, the longest that has a price.
ranked as (

    select
        *,
        row_number() over (partition by lookup_id, guess order by scope_rank asc, tier_rank asc, context_min_tokens desc, price_id asc) as price_rank
    from candidates
    where
        is_right_scope
        and is_right_tier
        and is_right_day

),

found as (

    select
        lookup_id,
        min(price_id) as price_id,
        min(price_usd_per_token) as lowest_price,
        max(price_usd_per_token) as highest_price,
        min(price_source) as price_source
    from ranked
    where price_rank = 1
    group by lookup_id

),

-- What the candidates lack, where none of them fits.
failed as (

    select
        lookup_id,
        bool_or(is_right_scope) as has_scope,
        bool_or(is_right_scope and is_right_tier) as has_tier
    from candidates
    group by lookup_id

),

priced_models as (

    select distinct
        provider,
        model_id
    from prices

)

select
    numbered.*,
    case when found.lowest_price = found.highest_price then found.price_id end as price_id,
    case when found.lowest_price = found.highest_price then found.lowest_price end as price_usd_per_unit,
    case when found.lowest_price = found.highest_price then found.price_source end as price_source,
    case when found.lowest_price < found.highest_price then 'geo_scope: ' || cast(found.lowest_price as varchar) || ' to ' || cast(found.highest_price as varchar) end as price_ambiguity,
    case
        when found.lowest_price = found.highest_price then null
        when found.lowest_price < found.highest_price then 'ambiguous_geo_scope'
        when priced_models.model_id is null then 'no_price_for_this_model'
        when failed.lookup_id is null then 'missing_token_kind'
        when not failed.has_scope then 'missing_geo_scope'
        when not failed.has_tier then 'missing_service_tier'
        else 'no_price_on_that_day'
    end as unpriced_reason
from numbered
left join found on numbered.lookup_id = found.lookup_id
left join failed on numbered.lookup_id = failed.lookup_id
left join priced_models
    on
        numbered.provider = priced_models.provider
        and numbered.model_id = priced_models.model_id
