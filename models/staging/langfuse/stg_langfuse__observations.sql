-- Grain: one row per generation or embedding of Langfuse, in its newest state. Spans, agents, tools and chains repeat what their children used and are left out.
-- Langfuse keeps kinds apart: input is fresh input, output is without reasoning. What an SDK wrote through unchanged is told by the total, which is never a kind of its own.
with

source as (

    select * from {{ landing('langfuse', 'observations') }}

),

-- Only what was exported in several states needs a choice.
restated as (

    select
        project_id,
        id,
        max(event_ts) as newest_ts
    from source
    where x_reject_reason is null
    group by project_id, id
    having count(*) > 1

),

newest as (

    select
        source.*,
        coalesce(source.input_tokens, 0) + coalesce(source.input_audio_tokens, 0) + coalesce(source.input_image_tokens, 0) as stated_input,
        coalesce(source.cache_read_tokens, 0) + coalesce(
            source.cache_write_tokens, coalesce(source.cache_write_5m_tokens, 0) + coalesce(source.cache_write_1h_tokens, 0)
        ) as cached_tokens,
        coalesce(source.output_tokens, 0) + coalesce(source.output_audio_tokens, 0) + coalesce(source.output_image_tokens, 0) as stated_output,
        coalesce(source.reasoning_tokens, 0) as reasoned
    from source
    left join restated
        on
            source.id = restated.id
            and source.project_id is not distinct from restated.project_id
    where
        source.x_reject_reason is not null
        or (
            (source.observation_type is null or upper(source.observation_type) in ('GENERATION', 'EMBEDDING'))
            and (restated.newest_ts is null or source.event_ts = restated.newest_ts)
            and coalesce(lower(source.is_deleted), 'false') not in ('1', 'true')
        )

),

-- By how much the kinds exceed the total says what holds what: nothing, the cached input, the reasoning, or both.
excesses as (

    select
        *,
        stated_input + cached_tokens + stated_output + reasoned - total_tokens as excess
    from newest

),

judged as (

    select
        *,
        cached_tokens > 0 and coalesce(excess in (cached_tokens, cached_tokens + reasoned), false) and stated_input >= cached_tokens as holds_cached,
        reasoned > 0 and coalesce(excess in (reasoned, cached_tokens + reasoned), false) and stated_output >= reasoned and excess <> cached_tokens as holds_reasoning
    from excesses

)

select
    *,
    coalesce(input_tokens, 0) - case when holds_cached then cached_tokens else 0 end as fresh_tokens,
    coalesce(output_tokens, 0) - case when holds_reasoning then reasoned else 0 end as text_tokens,
    excess = case when holds_cached then cached_tokens else 0 end + case when holds_reasoning then reasoned else 0 end as reconciles
from judged
