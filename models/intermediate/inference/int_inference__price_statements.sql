-- Grain: one row per statement of a price that is held to be true: contract, cited page, genai-prices or derived.
-- Statements overlap; statement_rank orders them by who is believed, and int_inference__price_book cuts them.
-- As known on the day of var prices_known_at, or as the last price refresh knows it.
{{ config(materialized='view') }}
{%- set known_at = var('prices_known_at') %}
with

contract_prices as (

    select
        'contract' as price_source,
        1 as source_rank,
        provider,
        model_id,
        coalesce(geo_scope, 'any') as geo_scope,
        'any' as region,
        coalesce(service_tier, 'standard') as service_tier,
        cast(0 as bigint) as context_min_tokens,
        token_kind,
        0 as window_from_minute,
        1440 as window_to_minute,
        'tokens' as unit,
        cast(price_usd_per_token as decimal(38, 18)) as price_usd_per_unit,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        'contract_prices.csv' || coalesce(': ' || comment, '') as source
    from {{ ref('stg_policy__contract_prices') }}
    where x_quarantine_reason is null

),

-- The first edition of the book says what holds and not since when that was known: it counts as known before. What a page announced has a date of its own.
prices as (

    select
        *,
        min(case when price_source = 'genai-prices' then known_from end) over () as first_edition_date
    from {{ ref('model_prices') }}

),

-- Withdrawn statements stay in the seed, for whoever asks what was known when.
public_prices as (

    select
        price_source,
        case price_source when 'cited' then 2 when 'genai-prices' then 3 else 4 end as source_rank,
        provider,
        model_id,
        geo_scope,
        coalesce(region, 'any') as region,
        service_tier,
        context_min_tokens,
        token_kind,
        coalesce(window_from_minute, 0) as window_from_minute,
        coalesce(window_to_minute, 1440) as window_to_minute,
        unit,
        price_usd_per_unit,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        source
    from prices
    {% if known_at is none -%}
    where known_to is null
    {%- else -%}
    where
        (known_from <= date '{{ known_at }}' or known_from = first_edition_date)
        and (known_to is null or known_to > date '{{ known_at }}')
    {%- endif %}

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
                source_rank asc, valid_from desc, provider asc, model_id asc, geo_scope asc, region asc, service_tier asc, context_min_tokens asc, token_kind asc,
                window_from_minute asc, valid_to asc, price_usd_per_unit asc, source asc
        ) as statement_rank
    from stated

)

select * from ranked
