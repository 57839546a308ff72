-- Grain: one row per request through Helicone, in its newest state.
-- Helicone stores prompt_tokens without cached ones and completion_tokens without reasoning, audio inside both (HandlerContext.ts and packages/cost/usage of Helicone/helicone, read 2026-11).
-- Before autumn 2025 it stored the provider's own count. A row does not say which: where that matters (cached tokens of a vendor that counts them inside, and no reasoning told apart,
-- which is newer) the convention is ambiguous.
with

source as (

    select * from {{ landing('helicone', 'requests') }}

),

restated as (

    select
        request_id,
        max(updated_at) as newest_at
    from source
    where x_reject_reason is null
    group by request_id
    having count(*) > 1

),

told as (

    select
        source.*,
        coalesce(source.response_status, source.status) as http_status,
        case lower(source.provider)
            when 'aws' then 'bedrock' when 'google' then 'gemini' when 'google-ai-studio' then 'gemini' when 'custom' then null when '' then null
            else source.provider
        end as told_provider,
        coalesce(source.prompt_cache_read_tokens, 0) + coalesce(source.prompt_cache_write_tokens, 0) as cached_tokens,
        {{ tag_entries([
            {'text': 'source.properties', 'precedence': 0},
            {'text': columns_as_tags({'organization_id': 'source.organization_id', 'user_id': 'source.user_id'}), 'precedence': 1},
        ]) }} as entries
    from source
    left join restated on source.request_id = restated.request_id
    where
        source.x_reject_reason is not null
        or restated.newest_at is null
        or source.updated_at = restated.newest_at

),

keyed as (

    select
        *,
        coalesce({{ llm_provider('told_provider') }}, {{ model_provider('model') }}, 'unknown') as billed_by,
        coalesce({{ llm_platform('told_provider') }}, {{ model_platform('model') }}) as served_by,
        {{ tag_map('entries') }} as tags
    from told

),

split as (

    select
        *,
        -- OpenAI counts written tokens inside its prompt, and Helicone takes out the read ones alone (openAIUsageProcessor.ts).
        coalesce(prompt_tokens, 0) - coalesce(prompt_audio_tokens, 0) - case
            when billed_by in ('openai', 'azure') and prompt_tokens >= prompt_cache_write_tokens + coalesce(prompt_audio_tokens, 0) then prompt_cache_write_tokens
            else 0
        end as fresh_tokens,
        coalesce(completion_tokens, 0) - coalesce(completion_audio_tokens, 0) as text_tokens,
        cached_tokens > 0 and cached_tokens <= prompt_tokens and reasoning_tokens is null and billed_by not in ('anthropic', 'aws') as is_ambiguous
    from keyed

)

select
    'helicone_requests' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['request_created_at is null', "'request_created_at is empty: a time is needed. Export the column'"],
        ["model is null or model = ''", "'model is empty: the model is needed. Export the column'"],
        ['cost is not null and ' ~ to_money('cost') ~ ' is null', bad_value('cost', 'a number is needed', 'Export the column as it is')],
        [
            'least(fresh_tokens, text_tokens, prompt_cache_read_tokens, prompt_cache_write_tokens, reasoning_tokens) < 0',
            "'a token count is negative, or audio tokens exceed the count that holds them: export the row again'",
        ],
    ]) }} as x_quarantine_reason,

    request_id as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    billed_by as provider,
    served_by as platform,
    {{ tag_value('tags', ['account_id']) }} as account_id,
    {{ tag_value('tags', ['region']) }} as region,
    case when served_by = 'bedrock' then {{ bedrock_geo_scope('model') }} end as geo_scope,
    model as model_id_raw,
    {{ bedrock_profile_arn('model') }} as inference_profile_arn,
    {{ service_tier(tag_value('tags', ['service_tier'])) }} as service_tier,
    case when lower(model) like '%embed%' then 'embeddings' when lower(model) like '%rerank%' then 'rerank' else 'chat' end as operation,
    request_created_at as started_at,
    response_created_at as ended_at,
    case when http_status < 200 or http_status >= 400 then 'error' else 'ok' end as status,
    -- The stored answer of an earlier request was given again: no provider was called.
    coalesce(cache_reference_id not in ('', '00000000-0000-0000-0000-000000000000'), false) as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    fresh_tokens as input_tokens,
    coalesce(prompt_cache_read_tokens, 0) as cache_read_tokens,
    cast(0 as bigint) as cache_write_5m_tokens,
    cast(0 as bigint) as cache_write_1h_tokens,
    coalesce(prompt_cache_write_tokens, 0) as cache_write_unknown_tokens,
    prompt_audio_tokens as input_audio_tokens,
    cast(null as bigint) as input_image_tokens,
    text_tokens as output_text_tokens,
    reasoning_tokens,
    completion_audio_tokens as output_audio_tokens,
    cast(null as bigint) as output_image_tokens,
    try_cast({{ tag_value('tags', ['retrieved_context_tokens']) }} as bigint) as retrieved_context_tokens,
    prompt_tokens as input_tokens_raw,
    completion_tokens as output_tokens_raw,
    case when is_ambiguous then 'ambiguous' else 'exclusive' end as token_convention,
    {{ absent_call_columns(['tokens_reconcile', 'request_units']) }},
    cast({{ to_money('cost') }} * case when response_status is null then cast(0.000000001 as decimal(10, 9)) else 1 end as decimal(38, 12)) as reported_cost_usd,

    proxy_key_id as credential_id,
    user_id as principal_id,
    {{ tag_value('tags', ['helicone-session-id', 'agent_session_id', 'session_id']) }} as agent_session_id,
    {{ tag_value('tags', ['agent_name', 'agent']) }} as agent_name,
    {{ tag_value('tags', ['workflow_name', 'workflow', 'helicone-session-name']) }} as workflow_name,
    {{ tag_value('tags', ['step_name', 'step', 'helicone-session-path']) }} as step_name,
    {{ tag_value('tags', ['trace_id']) }} as trace_id,
    {{ absent_call_columns(['span_id', 'parent_span_id']) }},
    tags
from split
