-- Grain: one row per statement of a token price that is held to be true: contract, cited page, genai-prices or derived.
-- Statements overlap; statement_rank orders them by who is believed, and int_inference__price_book cuts them.
{{ config(materialized='view') }}
with

contract_prices as (

    select
        'contract' as price_source,
        1 as source_rank,
        provider,
        model_id,
        coalesce(geo_scope, 'any') as geo_scope,
        coalesce(service_tier, 'standard') as service_tier,
        cast(0 as bigint) as context_min_tokens,
        token_kind,
        cast(price_usd_per_token as decimal(38, 18)) as price_usd_per_token,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        'contract_prices.csv' || coalesce(': ' || comment, '') as source
    from {{ ref('stg_policy__contract_prices') }}
    where x_quarantine_reason is null

),

-- Withdrawn statements stay in the seed, for whoever asks what was known when.
public_prices as (

    select
        price_source,
        case price_source when 'cited' then 2 when 'genai-prices' then 3 else 4 end as source_rank,
        provider,
        model_id,
        geo_scope,
        service_tier,
        context_min_tokens,
        token_kind,
        price_usd_per_token,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        source
    from {{ ref('model_prices') }}
    where known_to is null

),

stated as (

    select * from contract_prices
    union all
    select * from public_prices

),

-- Of two contracts for one thing the one that began later is believed.
ranked as (

    select
        *,
        row_number() over (
            order by
                source_rank asc, valid_from desc, provider asc, model_id asc, geo_scope asc, service_tier asc, context_min_tokens asc, token_kind asc,
                valid_to asc, price_usd_per_token asc, source asc
        ) as statement_rank
    from stated

)

select * from ranked
