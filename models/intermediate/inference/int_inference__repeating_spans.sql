-- Grain: one row per span that is a call by its name and only repeats the calls under it: a framework's span around the span of its SDK.
-- A span with a response id of its own is matched by that. One without is told by its children, which are calls and used as many tokens as it.
with

spans as (

    select
        coalesce(trace_id, '') as trace_id,
        span_id,
        parent_span_id,
        call_id,
        input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_write_unknown_tokens + output_text_tokens
        + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) + coalesce(reasoning_tokens, 0)
        + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) as tokens
    from {{ ref('stg_otel__llm_calls') }}
    where x_quarantine_reason is null

),

children as (

    select
        trace_id,
        parent_span_id,
        sum(tokens) as tokens
    from spans
    where parent_span_id is not null
    group by trace_id, parent_span_id

)

select distinct
    spans.trace_id,
    spans.span_id
from spans
inner join children
    on
        spans.trace_id = children.trace_id
        and spans.span_id = children.parent_span_id
        and spans.tokens <= children.tokens
where spans.call_id = spans.span_id
