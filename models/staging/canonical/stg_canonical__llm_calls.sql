-- Grain: one row per billable model call in Apportion's own shape, as delivered.
with

source as (

    select * from {{ landing('canonical', 'llm_calls') }}

),

tagged as (

    select
        *,
        coalesce(lower(token_convention), 'inclusive') as stated_convention,
        {{ tags_are_clean('tags_map') }} as has_clean_tags,
        case when not has_clean_tags then {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} end as entries
    from source

),

split as (

    {{ split_call_tokens('tagged', {
        'input': 'coalesce(input_tokens, cache_read_tokens + cache_miss_tokens)', 'output': 'output_tokens', 'total': 'total_tokens', 'cache_read': 'cache_read_tokens',
        'cache_write': 'cache_write_tokens', 'cache_write_5m': 'cache_write_5m_tokens', 'cache_write_1h': 'cache_write_1h_tokens',
        'reasoning': 'reasoning_tokens', 'thinking': 'thinking_tokens', 'tool_input': 'tool_input_tokens',
        'input_audio': 'input_audio_tokens', 'input_image': 'input_image_tokens', 'output_audio': 'output_audio_tokens', 'output_image': 'output_image_tokens',
    }, convention='stated_convention') }}

)

select
    'llm_calls' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['started_at is null', "'started_at is empty: a time is needed. Write 2026-08-01T00:00:00Z'"],
        ['provider is null', "'provider is empty: who sends the bill is needed. Write aws, gcp, azure, anthropic, ...'"],
        ['model is null', "'model is empty: the model is needed. Write the model id the provider uses'"],
        ["stated_convention not in ('inclusive', 'exclusive')", bad_value('token_convention', 'inclusive or exclusive is needed', 'Say whether input_tokens hold the cached tokens')],
        ['least(input_tokens, output_tokens, cache_read_tokens, cache_miss_tokens) < 0', "'a token count is negative: correct the row'"],
        ['least(cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) < 0', "'a token count is negative: correct the row'"],
        ['least(reasoning_tokens, thinking_tokens, tool_input_tokens) < 0', "'a token count is negative: correct the row'"],
        ['least(input_audio_tokens, input_image_tokens, output_audio_tokens, output_image_tokens) < 0', "'a token count is negative: correct the row'"],
        ["stated_convention = 'inclusive' and split_cached > coalesce(split_input, 0)", "'cached tokens exceed input_tokens: they can not be inside them. Write token_convention exclusive, or correct the counts'"],
        ["lower(record_kind) not in ('call', 'bucket')", bad_value('record_kind', 'call or bucket is needed', 'Write bucket where the row sums the requests of a time span')],
        ['request_count < 0 or attempt_number < 1', "'request_count or attempt_number is below what can be counted: correct the row'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    call_id,
    coalesce(lower(record_kind), 'call') as record_kind,
    coalesce(request_count, 1) as request_count,
    {{ llm_provider('provider') }} as provider,
    coalesce(lower(platform), {{ llm_platform('provider') }}) as platform,
    account_id,
    region,
    lower(geo_scope) as geo_scope,
    model as model_id_raw,
    coalesce(inference_profile_arn, {{ bedrock_profile_arn('model') }}) as inference_profile_arn,
    {{ service_tier('service_tier') }} as service_tier,
    coalesce(lower(operation), 'chat') as operation,
    started_at,
    ended_at,
    case when lower(status) in ('error', 'failure', 'failed') then 'error' else 'ok' end as status,
    coalesce(is_gateway_cache_hit, false) as is_gateway_cache_hit,
    attempt_number,

    {{ split_tokens() }},
    retrieved_context_tokens,
    split_input as input_tokens_raw,
    output_tokens as output_tokens_raw,
    stated_convention as token_convention,
    split_reconciles as tokens_reconcile,
    request_units,
    reported_cost_usd,

    credential_id,
    principal_id,
    agent_session_id,
    agent_name,
    workflow_name,
    step_name,
    trace_id,
    span_id,
    parent_span_id,
    case when has_clean_tags then tags_map else {{ tag_map('entries') }} end as tags
from split
