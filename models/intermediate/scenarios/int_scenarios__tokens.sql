-- Grain: one row per scenario, cloud, layer and component paid by the token: tokens a month and their list price of the scenario's day.
-- An agent uses a multiple of a plain query's tokens; its first call is inference like any other, the rest is the layer agents, as in the ledger.
with

inputs as (

    select * from {{ ref('int_scenarios__inputs') }}

),

parts as (

    {% for layer, times in [('inference', '1'), ('agents', 'agent_share * ({amplification} - 1)')] -%}
    {% for component, tier, kind, tokens in scenario_token_parts() -%}
    select
        scenario_id,
        provider,
        '{{ layer }}' as layer,
        '{{ component }}' as component,
        model_id,
        geo_scope,
        region,
        price_date,
        '{{ tier }}' as service_tier,
        '{{ kind }}' as token_kind,
        {{ scenario_tokens('queries_low', tokens, times, 'cache_hit_share', 'agent_amplification_low') }} as tokens_low,
        {{ scenario_tokens('queries', tokens, times, 'cache_hit_share', 'agent_amplification') }} as tokens_likely,
        {{ scenario_tokens('queries_high', tokens, times, 'cache_hit_share_worst', 'agent_amplification_high') }} as tokens_high
    from inputs
    union all
    {% endfor -%}
    {% endfor -%}
    select
        scenario_id,
        provider,
        'retrieval' as layer,
        'embedding' as component,
        embedding_model_id as model_id,
        geo_scope,
        region,
        price_date,
        'standard' as service_tier,
        'input' as token_kind,
        embedding_tokens as tokens_low,
        embedding_tokens as tokens_likely,
        embedding_tokens as tokens_high
    from inputs

),

used as (

    select *
    from parts
    where tokens_high > 0

),

asked as (

    select distinct
        price_date as usage_date,
        provider,
        model_id,
        token_kind,
        service_tier,
        geo_scope,
        region
    from used

),

prices as (

    {{ closest_price('asked') }}

)

select
    used.*,
    -- A cache that fills itself bills what it stores as plain input.
    coalesce(prices.price_usd_per_token, case when used.token_kind = 'cache_write_5m' then plain.price_usd_per_token end) as price_usd_per_token
from used
left join prices
    on
        used.price_date = prices.usage_date
        and used.provider = prices.provider
        and used.model_id = prices.model_id
        and used.token_kind = prices.token_kind
        and used.service_tier = prices.service_tier
        and used.geo_scope = prices.geo_scope
        and used.region is not distinct from prices.region
left join prices as plain
    on
        used.price_date = plain.usage_date
        and used.provider = plain.provider
        and used.model_id = plain.model_id
        and used.service_tier = plain.service_tier
        and used.geo_scope = plain.geo_scope
        and used.region is not distinct from plain.region
        and plain.token_kind = 'input'
