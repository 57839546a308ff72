-- Grain: one row per provider, model, geographic scope, region, service tier, context band, token kind and part of the day, per day range in which one statement
-- decides the price.
-- A contract beats a cited page, a cited page beats genai-prices, and that beats a derived price: the lower one is cut to the days the higher leaves free.
with

statements as (

    select * from {{ ref('int_inference__price_statements') }}

),

-- A contract names no context band, region or hour and holds for all of them; one for any scope or tier also covers the public price of each.
covers as (

    select
        lower_one.statement_rank,
        higher_one.valid_from,
        higher_one.valid_to
    from statements as lower_one
    inner join statements as higher_one
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
            and (
                higher_one.source_rank = 1
                or (
                    lower_one.context_min_tokens = higher_one.context_min_tokens
                    and lower_one.region = higher_one.region
                    and lower_one.window_from_minute = higher_one.window_from_minute
                    and lower_one.window_to_minute = higher_one.window_to_minute
                )
            )

),

cuts as (

    select
        statement_rank,
        valid_from as cut_date
    from statements
    union distinct
    select
        statement_rank,
        valid_to as cut_date
    from statements
    union distinct
    select
        statement_rank,
        valid_from as cut_date
    from covers
    union distinct
    select
        statement_rank,
        valid_to as cut_date
    from covers

),

segments as (

    select
        statement_rank,
        cut_date as segment_from,
        lead(cut_date) over (partition by statement_rank order by cut_date) as segment_to
    from cuts

),

-- What lies inside the statement's own days and outside every higher one's. No price is dropped here but those that are overruled.
free_segments as (

    select
        statements.*,
        segments.segment_from,
        segments.segment_to
    from segments
    inner join statements
        on
            segments.statement_rank = statements.statement_rank
            and segments.segment_from >= statements.valid_from
            and segments.segment_to <= statements.valid_to
    left join covers
        on
            segments.statement_rank = covers.statement_rank
            and segments.segment_from >= covers.valid_from
            and segments.segment_to <= covers.valid_to
    where covers.statement_rank is null

),

book as (

    select
        {{ surrogate_key(['provider', 'model_id', 'geo_scope', 'region', 'service_tier', 'context_min_tokens', 'token_kind', 'window_from_minute', 'segment_from']) }} as price_id,
        provider,
        model_id,
        geo_scope,
        region,
        service_tier,
        context_min_tokens,
        token_kind,
        window_from_minute,
        window_to_minute,
        unit,
        price_usd_per_unit,
        segment_from as valid_from,
        segment_to as valid_to,
        price_source,
        source
    from free_segments

)

select * from book
