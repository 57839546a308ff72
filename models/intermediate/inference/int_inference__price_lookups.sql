-- Grain: one row per thing to price: provider, model, geographic scope, region, service tier, context band, token kind, day and, where prices change inside a day, hour.
-- Prices are looked up here, on distinct keys; int_inference__priced carries them to the usage.
with

prices as (

    select * from {{ ref('int_inference__price_book') }}

),

keys as (

    select distinct
        consumption.provider,
        consumption.model_id,
        consumption.geo_scope,
        consumption.region,
        consumption.service_tier,
        consumption.context_min_tokens,
        consumption.token_kind,
        cast(consumption.usage_hour as date) as usage_date,
        -- Usage is known by the hour: a part of the day that begins or ends inside one can not be told apart.
        case when windows.model_id is not null then cast(extract(hour from consumption.usage_hour) as integer) end as price_hour
    from {{ ref('int_inference__consumption') }} as consumption
    left join {{ ref('int_inference__price_windows') }} as windows
        on
            consumption.provider = windows.provider
            and consumption.model_id = windows.model_id
    where consumption.model_id is not null

),

numbered as (

    select
        *,
        row_number() over (order by provider, model_id, geo_scope, region, service_tier, context_min_tokens, token_kind, usage_date, price_hour) as lookup_id
    from keys

),

-- Every price of that model and kind, with what speaks for it and against it.
candidates as (

    select
        numbered.lookup_id,
        prices.price_id,
        prices.price_usd_per_unit,
        prices.price_source,
        numbered.geo_scope = 'unknown' or prices.geo_scope in (numbered.geo_scope, 'any') as is_right_scope,
        prices.service_tier in (numbered.service_tier, 'any') as is_right_tier,
        numbered.region is null or prices.region in (numbered.region, 'any') or starts_with(numbered.region, prices.region || '-') as is_right_region,
        numbered.context_min_tokens is null or numbered.context_min_tokens >= prices.context_min_tokens as is_right_band,
        numbered.usage_date >= prices.valid_from and numbered.usage_date < prices.valid_to as is_right_day,
        numbered.price_hour is null or (prices.window_from_minute < numbered.price_hour * 60 + 60 and prices.window_to_minute > numbered.price_hour * 60) as is_right_hour,
        prices.window_from_minute > numbered.price_hour * 60 or prices.window_to_minute < numbered.price_hour * 60 + 60 as is_split_hour,
        -- Where nobody says how or where the call went, or how long it was, each price stands for itself.
        case when numbered.geo_scope = 'unknown' then prices.geo_scope end as guessed_scope,
        case when numbered.region is null then prices.region end as guessed_region,
        case when numbered.context_min_tokens is null then prices.context_min_tokens end as guessed_band,
        case when prices.geo_scope = numbered.geo_scope then 0 else 1 end as scope_rank,
        case when prices.service_tier = numbered.service_tier then 0 else 1 end as tier_rank,
        case when prices.region = 'any' then 0 else -length(prices.region) end as region_rank,
        prices.window_to_minute - prices.window_from_minute as window_rank,
        -prices.context_min_tokens as band_rank
    from numbered
    inner join prices
        on
            numbered.provider = prices.provider
            and numbered.model_id = prices.model_id
            and numbered.token_kind = prices.token_kind

),

-- The closest statement first: this part of the day, routing, tier and region, then a price said to hold for any; of the bands reached, the longest that has a price.
ranked as (

    select
        *,
        row_number() over (
            partition by lookup_id, guessed_scope, guessed_region, guessed_band
            order by scope_rank asc, tier_rank asc, region_rank asc, window_rank asc, band_rank asc, price_id asc
        ) as price_rank
    from candidates
    where is_right_scope and is_right_tier and is_right_region and is_right_band and is_right_day and is_right_hour

),

-- What the usage does not say matters only where the prices it leaves open differ.
found as (

    select
        lookup_id,
        min(price_id) as price_id,
        min(price_source) as price_source,
        min(price_usd_per_unit) as lowest_price,
        max(price_usd_per_unit) as highest_price,
        bool_or(is_split_hour) as is_split_hour,
        concat_ws(
            ', ', case when count(distinct guessed_scope) > 1 then 'geo_scope' end, case when count(distinct guessed_region) > 1 then 'region' end,
            case when count(distinct guessed_band) > 1 then 'context_band' end
        ) as unsaid
    from ranked
    where price_rank = 1
    group by lookup_id

),

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

),

judged as (

    select
        numbered.*,
        found.price_id,
        found.price_source,
        found.lowest_price as price_usd_per_unit,
        case
            when found.lowest_price < found.highest_price
                then found.unsaid || ': ' || trim(trailing '0' from cast(found.lowest_price as varchar)) || ' to ' || trim(trailing '0' from cast(found.highest_price as varchar))
        end as price_ambiguity,
        case
            when found.lowest_price < found.highest_price then 'ambiguous_' || split_part(found.unsaid, ',', 1)
            when found.is_split_hour then 'time_of_day'
            when found.lookup_id is not null then null
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

)

select
    lookup_id,
    provider,
    model_id,
    geo_scope,
    region,
    service_tier,
    context_min_tokens,
    token_kind,
    usage_date,
    price_hour,
    case when unpriced_reason is null then price_id end as price_id,
    case when unpriced_reason is null then price_usd_per_unit end as price_usd_per_unit,
    case when unpriced_reason is null then price_source end as price_source,
    price_ambiguity,
    unpriced_reason
from judged
