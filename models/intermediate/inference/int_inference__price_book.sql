-- Grain: one row per provider, model, geographic scope, service tier, context band and token kind, per day range in which one statement decides the price.
-- A contract beats a cited page, a cited page beats genai-prices, and that beats a derived price: the lower one is cut to the days the higher leaves free.
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

-- What is still held to be true; withdrawn statements stay in the seed for whoever asks what was known when.
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

numbered as (

    select
        *,
        row_number() over (
            order by
                source_rank, valid_from desc, provider, model_id, geo_scope, service_tier, context_min_tokens, token_kind, valid_to, price_usd_per_token, source
        ) as statement_rank
    from stated

),

-- A contract names no context band and holds for all of them; one for any scope or tier also covers the public price of each.
-- Of two contracts for one thing the one that began later holds.
covers as (

    select
        lower_one.statement_rank,
        higher_one.valid_from,
        higher_one.valid_to
    from numbered as lower_one
    inner join numbered as higher_one
        on
            lower_one.provider = higher_one.provider
            and lower_one.model_id = higher_one.model_id
            and lower_one.token_kind = higher_one.token_kind
            and lower_one.statement_rank > higher_one.statement_rank
            and lower_one.valid_from < higher_one.valid_to
            and lower_one.valid_to > higher_one.valid_from
            and (
                lower_one.geo_scope = higher_one.geo_scope
                or (higher_one.geo_scope = 'any' and higher_one.source_rank = 1 and lower_one.source_rank > 1)
            )
            and (
                lower_one.service_tier = higher_one.service_tier
                or (higher_one.service_tier = 'any' and higher_one.source_rank = 1 and lower_one.source_rank > 1)
            )
            and (lower_one.context_min_tokens = higher_one.context_min_tokens or higher_one.source_rank = 1)

),

cuts as (

    select statement_rank, valid_from as cut_date from numbered
    union distinct
    select statement_rank, valid_to as cut_date from numbered
    union distinct
    select statement_rank, valid_from as cut_date from covers
    union distinct
    select statement_rank, valid_to as cut_date from covers

),

segments as (

    select
        statement_rank,
        cut_date as segment_from,
        lead(cut_date) over (partition by statement_rank order by cut_date) as segment_to
    from cuts

),

-- A segment lies inside the statement's own days and outside every higher one's.
free_segments as (

    select
        numbered.*,
        segments.segment_from,
        segments.segment_to
    from segments
    inner join numbered
        on
            segments.statement_rank = numbered.statement_rank
            and segments.segment_from >= numbered.valid_from
            and segments.segment_to <= numbered.valid_to
    left join covers
        on
            segments.statement_rank = covers.statement_rank
            and segments.segment_from >= covers.valid_from
            and segments.segment_to <= covers.valid_to
    where covers.statement_rank is null

),

book as (

    select
        {{ surrogate_key(['provider', 'model_id', 'geo_scope', 'service_tier', 'context_min_tokens', 'token_kind', 'segment_from']) }} as price_id,
        provider,
        model_id,
        geo_scope,
        service_tier,
        context_min_tokens,
        token_kind,
        price_usd_per_token,
        segment_from as valid_from,
        segment_to as valid_to,
        price_source,
        source
    from free_segments

)

select * from book
