-- Grain: one row per leaf inference span (chat, generate_content, text_completion, embeddings, rerank) as exported.
-- Agent, tool and workflow spans repeat their children's tokens and are left out; a rejected row stays, with its reason.
with

source as (

    select * from {{ landing('otel', 'spans') }}

),

inference_spans as (

    select
        *,
        coalesce(response_model, request_model) as answering_model,
        {{ llm_platform('provider_name') }} as platform,
        -- A dot marks a key that still wears the prefix of its resource, framework or convention.
        {{ tags_are_clean('tags_map', without='.') }} as has_clean_tags,
        case when not has_clean_tags then {{ tag_entries([{
            'map': 'tags_map',
            'strip': '^(resource[.])?(apportion[.]|traceloop[.]association[.]properties[.]|deployment[.])?|[.]name$',
            'behind': '^resource[.]',
        }]) }} end as entries
    from source
    where
        x_reject_reason is not null
        or lower(operation_name) in ('chat', 'generate_content', 'text_completion', 'completion', 'embeddings', 'embedding', 'rerank')
        -- Older instrumentations name no operation; a span that names a model and counts tokens is a call, unless its framework calls it a workflow, agent, task or tool.
        or (operation_name is null and coalesce(response_model, request_model) is not null and input_tokens is not null and span_kind is null)

),

-- By the convention input_tokens include cached ones. Where they are fewer than the cached ones they can not, and the instrumentation counts them apart.
-- OpenLLMetry's Bedrock package does so always up to 0.62 (traceloop/openllmetry#4449, open in 2026-11); its Anthropic package counts by the convention. A Bedrock span that does
-- not say who made it may be either.
split as (

    {{ split_call_tokens('inference_spans', {
        'input': 'input_tokens', 'output': 'output_tokens', 'total': 'total_tokens', 'cache_read': 'cache_read_tokens',
        'cache_write': 'cache_write_tokens', 'cache_write_5m': 'cache_write_5m_tokens', 'cache_write_1h': 'cache_write_1h_tokens',
        'reasoning': 'reasoning_tokens', 'thinking': 'thinking_tokens', 'tool_input': 'tool_input_tokens',
        'input_audio': 'input_audio_tokens', 'input_image': 'input_image_tokens', 'output_audio': 'output_audio_tokens', 'output_image': 'output_image_tokens',
    }, convention=otel_convention()) }}

)

select
    'otel_spans' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['start_time is null', "'start_time is empty: a time is needed. Export startTimeUnixNano'"],
        ['answering_model is null', "'response_model and request_model are empty: the model is needed. Record gen_ai.request.model'"],
        ['provider_name is null', "'provider_name is empty: the provider is needed. Record gen_ai.provider.name'"],
        ['least(input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) < 0', "'a token count is negative: correct the instrumentation'"],
        ['least(reasoning_tokens, thinking_tokens, tool_input_tokens) < 0', "'a token count is negative: correct the instrumentation'"],
        ['least(input_audio_tokens, input_image_tokens, output_audio_tokens, output_image_tokens) < 0', "'a token count is negative: correct the instrumentation'"],
    ]) }} as x_quarantine_reason,

    coalesce(response_id, span_id) as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    {{ llm_provider('provider_name') }} as provider,
    platform,
    cloud_account_id as account_id,
    cloud_region as region,
    coalesce(lower(geo_scope), case when platform = 'bedrock' then {{ bedrock_geo_scope('request_model') }} end) as geo_scope,
    case when platform = 'bedrock' then coalesce(request_model, response_model) else answering_model end as model_id_raw,
    case when platform = 'bedrock' then {{ bedrock_profile_arn('request_model') }} end as inference_profile_arn,
    {{ service_tier('service_tier') }} as service_tier,
    case when lower(operation_name) in ('embeddings', 'embedding') then 'embeddings' when lower(operation_name) = 'rerank' then 'rerank' else 'chat' end as operation,
    start_time as started_at,
    end_time as ended_at,
    case when error_type is not null or upper(status_code) in ('2', 'ERROR', 'STATUS_CODE_ERROR') then 'error' else 'ok' end as status,
    coalesce(lower(cache_hit) in ('true', '1'), false) as is_gateway_cache_hit,
    coalesce(attempt_number, resend_count + 1) as attempt_number,

    {{ split_tokens() }},
    retrieved_context_tokens,
    input_tokens as input_tokens_raw,
    output_tokens as output_tokens_raw,
    split_convention as token_convention,
    split_reconciles as tokens_reconcile,
    request_units,
    reported_cost_usd,

    credential_id,
    principal_id,
    conversation_id as agent_session_id,
    agent_name,
    workflow_name,
    step_name,
    trace_id,
    span_id,
    nullif(parent_span_id, '') as parent_span_id,
    case when has_clean_tags then tags_map else {{ tag_map('entries') }} end as tags
from split
