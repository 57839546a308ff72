-- Grain: one row per LiteLLM gateway request as logged.
-- LiteLLM's prompt_tokens include cached ones, whatever the provider counts. Retries and fallbacks are requests of their own.
with

source as (

    select * from {{ landing('litellm', 'spend_logs') }}

),

tagged as (

    select
        *,
        {{ tag_entries([
            {'text': litellm_request_tags('request_tags'), 'precedence': 0},
            {'text': 'spend_logs_metadata', 'precedence': 1},
            {'text': litellm_key_tags(), 'precedence': 2},
        ]) }} as entries
    from source

),

keyed as (

    select
        *,
        {{ tag_map('entries') }} as tags,
        coalesce({{ llm_platform('custom_llm_provider') }}, {{ llm_platform(litellm_model_prefix('model')) }}) as platform
    from tagged

),

split as (

    {{ split_call_tokens('keyed', {
        'input': 'prompt_tokens', 'output': 'completion_tokens', 'total': 'total_tokens', 'cache_read': 'cache_read_tokens',
        'cache_write': 'cache_write_tokens', 'cache_write_5m': 'cache_write_5m_tokens', 'cache_write_1h': 'cache_write_1h_tokens', 'reasoning': 'reasoning_tokens',
        'input_audio': 'input_audio_tokens', 'input_image': 'input_image_tokens', 'output_audio': 'output_audio_tokens', 'output_image': 'output_image_tokens',
    }) }}

)

select
    'litellm_spend_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['start_time is null', "'startTime is empty: a time is needed. Export the column'"],
        ['model is null', "'model is empty: the model is needed. Export the column'"],
        ['least(prompt_tokens, completion_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) < 0', "'a token count is negative: export the row again'"],
        ['least(reasoning_tokens, input_audio_tokens, input_image_tokens, output_audio_tokens, output_image_tokens) < 0', "'a token count is negative: export the row again'"],
    ]) }} as x_quarantine_reason,

    request_id as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    coalesce({{ llm_provider('custom_llm_provider') }}, {{ llm_provider(litellm_model_prefix('model')) }}) as provider,
    platform,
    account_id,
    region,
    case when platform = 'bedrock' then {{ bedrock_geo_scope('model') }} end as geo_scope,
    model as model_id_raw,
    case when platform = 'bedrock' then {{ bedrock_profile_arn("regexp_replace(model, '^(bedrock/)?(converse/|invoke/)?', '')") }} end as inference_profile_arn,
    case when service_tier is null and lower(call_type) like '%batch%' then 'batch' else {{ service_tier('service_tier') }} end as service_tier,
    case when lower(call_type) like '%embedding%' then 'embeddings' when lower(call_type) like '%rerank%' then 'rerank' else 'chat' end as operation,
    start_time as started_at,
    end_time as ended_at,
    case when lower(status) in ('failure', 'failed', 'error') then 'error' else 'ok' end as status,
    coalesce(lower(cache_hit) = 'true', false) as is_gateway_cache_hit,
    attempted_retries + 1 as attempt_number,

    {{ split_tokens() }},
    retrieved_context_tokens,
    prompt_tokens as input_tokens_raw,
    completion_tokens as output_tokens_raw,
    split_convention as token_convention,
    split_reconciles as tokens_reconcile,
    request_units,
    spend as reported_cost_usd,

    api_key as credential_id,
    gateway_user as principal_id,
    coalesce(session_id, {{ tag_value('tags', ['agent_session_id', 'session_id']) }}) as agent_session_id,
    coalesce(agent_name, agent_id, {{ tag_value('tags', ['agent_name', 'agent']) }}) as agent_name,
    {{ tag_value('tags', ['workflow_name', 'workflow']) }} as workflow_name,
    coalesce(step_name, {{ tag_value('tags', ['step_name', 'step']) }}) as step_name,
    trace_id,
    cast(null as varchar) as span_id,
    cast(null as varchar) as parent_span_id,
    tags
from split
