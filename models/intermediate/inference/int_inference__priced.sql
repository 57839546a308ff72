-- Grain: one row per hour, bill key, context band, token kind and consumer, as in int_inference__consumption, billed or not, with the list price of that day.
-- Conserves: tokens. What has no price keeps its row, its tokens and the reason; its estimate is null and never zero.
with

consumption as (

    select
        *,
        cast(usage_hour as date) as usage_date
    from {{ ref('int_inference__consumption') }}

),

lookups as (

    select * from {{ ref('int_inference__price_lookups') }}

)

select
    consumption.*,
    lookups.price_id,
    lookups.price_usd_per_unit,
    cast(round(cast(consumption.tokens as decimal(20, 0)) * lookups.price_usd_per_unit, 12) as decimal(38, 12)) as estimated_cost_usd,
    lookups.price_source,
    lookups.price_ambiguity,
    case
        when consumption.model_id is not null then lookups.unpriced_reason
        when consumption.model_id_raw like '%application-inference-profile/%' then 'unmapped_inference_profile'
        else 'unknown_model'
    end as unpriced_reason
from consumption
left join lookups
    on
        consumption.provider = lookups.provider
        and consumption.model_id = lookups.model_id
        and consumption.geo_scope = lookups.geo_scope
        and consumption.region is not distinct from lookups.region
        and consumption.service_tier = lookups.service_tier
        and consumption.context_min_tokens is not distinct from lookups.context_min_tokens
        and consumption.token_kind = lookups.token_kind
        and consumption.usage_date = lookups.usage_date
