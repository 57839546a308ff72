-- Grain: one row per provider, model and context band above the base one, whenever and wherever a price knew it. Bands of one model never overlap.
-- Which of them has a price on a day is the price's business: a band whose price has ended falls back to the band below.
with

thresholds as (

    select distinct
        provider,
        model_id,
        context_min_tokens
    from {{ ref('int_inference__price_book') }}
    where context_min_tokens > 0

)

select
    provider,
    model_id,
    context_min_tokens,
    coalesce(lead(context_min_tokens) over (partition by provider, model_id order by context_min_tokens), 9223372036854775807) as next_context_min_tokens
from thresholds
