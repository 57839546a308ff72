-- Grain: one row per billable model call in Apportion's own shape, as delivered.
with

source as (

    select * from {{ landing('canonical', 'llm_calls') }}

),

tagged as (

    select
        *,
        coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) as cached_tokens,
        {{ tags_are_clean('tags_map') }} as has_clean_tags,
        case when not has_clean_tags then {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} end as entries
    from source

)

select
    'llm_calls' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['started_at is null', "'started_at is empty: a time is needed. Write 2026-08-01T00:00:00Z'"],
        ['provider is null', "'provider is empty: who sends the bill is needed. Write aws, gcp, azure, anthropic, ...'"],
        ['model is null', "'model is empty: the model is needed. Write the model id the provider uses'"],
        ["coalesce(lower(token_convention), 'inclusive') not in ('inclusive', 'exclusive')", bad_value('token_convention', 'inclusive or exclusive is needed', 'Say whether input_tokens hold the cached tokens')],
        ['least(input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens) < 0', "'a token count is negative: correct the row'"],
        ["coalesce(lower(token_convention), 'inclusive') = 'inclusive' and cached_tokens > coalesce(input_tokens, 0)", "'cached tokens exceed input_tokens: they can not be inside them. Write token_convention exclusive, or correct the counts'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    call_id,
    {{ llm_provider('provider') }} as provider,
    coalesce(lower(platform), {{ llm_platform('provider') }}) as platform,
    account_id,
    region,
    lower(geo_scope) as geo_scope,
    model as model_id_raw,
    {{ service_tier('service_tier') }} as service_tier,
    coalesce(lower(operation), 'chat') as operation,
    started_at,
    ended_at,
    case when lower(status) in ('error', 'failure', 'failed') then 'error' else 'ok' end as status,
    coalesce(is_gateway_cache_hit, false) as is_gateway_cache_hit,

    case when lower(token_convention) = 'exclusive' then coalesce(input_tokens, 0) else coalesce(input_tokens, 0) - cached_tokens end as input_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    coalesce(output_tokens, 0) as output_tokens,
    reasoning_tokens,
    retrieved_context_tokens,
    input_tokens as input_tokens_raw,
    output_tokens as output_tokens_raw,
    coalesce(lower(token_convention), 'inclusive') as token_convention,
    reported_cost_usd,

    credential_id,
    principal_id,
    agent_session_id,
    agent_name,
    step_name,
    trace_id,
    span_id,
    parent_span_id,
    case when has_clean_tags then tags_map else {{ tag_map('entries') }} end as tags
from tagged
