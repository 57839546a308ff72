-- Grain: one row per request of the Vertex AI request-response log, as logged.
-- Gemini: the prompt holds the cached tokens, the answer does not hold the thoughts, and total = prompt + candidates + tool use + thoughts. Claude: input without cached tokens.
-- The log may be a sample: its rate is kept as the tag sampling_rate, and nothing is ever divided by it.
with

source as (

    select * from {{ landing('vertex', 'request_response_logs') }}

),

told as (

    select
        *,
        case
            when prompt_token_count is not null or total_token_count is not null then 'gemini'
            when claude_input_tokens is not null then 'claude'
            when otel_input_tokens is not null then 'otel'
        end as counted_by,
        regexp_extract(endpoint, 'projects/([^/]+)', 1) as endpoint_project,
        coalesce(nullif(regexp_extract(endpoint, 'locations/([^/]+)', 1), ''), nullif(regexp_extract(endpoint, '^https?://([a-z0-9-]+)-aiplatform', 1), '')) as location,
        {{ vertex_modality_tokens('prompt_tokens_details', 'AUDIO') }} - {{ vertex_modality_tokens('cache_tokens_details', 'AUDIO', 0) }} as audio_tokens,
        {{ vertex_modality_tokens('prompt_tokens_details', 'IMAGE') }} - {{ vertex_modality_tokens('cache_tokens_details', 'IMAGE', 0) }} as image_tokens,
        {{ vertex_modality_tokens('candidates_tokens_details', 'AUDIO') }} as audio_written_tokens,
        {{ vertex_modality_tokens('candidates_tokens_details', 'IMAGE') }} as image_written_tokens,
        {{ tag_map(tag_entries([
            {'text': 'labels', 'precedence': 0},
            {'text': columns_as_tags({'sampling_rate': 'cast(sampling_rate as double)', 'deployed_model_id': "nullif(deployed_model_id, '')"}), 'precedence': 1},
        ])) }} as tags
    from source

),

split as (

    select
        *,
        coalesce(case counted_by
            when 'gemini'
                then coalesce(prompt_token_count, 0) + coalesce(tool_use_prompt_token_count, 0) - coalesce(cached_content_token_count, 0) - coalesce(audio_tokens, 0) - coalesce(image_tokens, 0)
            when 'claude' then claude_input_tokens
            when 'otel' then otel_input_tokens - coalesce(otel_cache_read_tokens, 0)
        end, 0) as fresh_tokens,
        coalesce(case counted_by
            when 'gemini' then coalesce(candidates_token_count, 0) - coalesce(audio_written_tokens, 0) - coalesce(image_written_tokens, 0)
            when 'claude' then claude_output_tokens - coalesce(claude_thinking_tokens, 0)
            when 'otel' then otel_output_tokens - coalesce(otel_reasoning_tokens, 0)
        end, 0) as text_tokens
    from told

)

select
    'vertex_request_response_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['logging_time is null', "'logging_time is empty: a time is needed. Export the column'"],
        ["nullif(model, '') is null", "'model is empty: the model is needed. Export the column'"],
        ['counted_by is null and error_code is null', "'neither full_response nor otel_log says how many tokens were used: export both columns whole'"],
        ['fresh_tokens < 0 or text_tokens < 0', "'a token count is negative, or parts exceed the count that holds them: export the row again'"],
    ]) }} as x_quarantine_reason,

    coalesce(gemini_response_id, claude_message_id, otel_response_id, request_id) as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    'gcp' as provider,
    'vertex_ai' as platform,
    nullif(endpoint_project, '') as account_id,
    location as region,
    case when location = 'global' then 'global' when location in ('us', 'eu') then 'geo' when location is not null then 'in_region' end as geo_scope,
    model as model_id_raw,
    cast(null as varchar) as inference_profile_arn,
    {{ service_tier("nullif(replace(replace(lower(traffic_type), 'on_demand_', ''), 'provisioned_throughput', 'reserved'), '')") }} as service_tier,
    case when lower(api_method) like '%embed%' or lower(model) like '%embedding%' then 'embeddings' else 'chat' end as operation,
    logging_time as started_at,
    cast(null as timestamp) as ended_at,
    case when error_code is not null then 'error' else 'ok' end as status,
    false as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    fresh_tokens as input_tokens,
    coalesce(case counted_by when 'gemini' then cached_content_token_count when 'claude' then claude_cache_read_tokens else otel_cache_read_tokens end, 0) as cache_read_tokens,
    coalesce(claude_cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(claude_cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    greatest(coalesce(claude_cache_write_tokens, 0) - coalesce(claude_cache_write_5m_tokens, 0) - coalesce(claude_cache_write_1h_tokens, 0), 0) as cache_write_unknown_tokens,
    audio_tokens as input_audio_tokens,
    image_tokens as input_image_tokens,
    text_tokens as output_text_tokens,
    case counted_by when 'gemini' then thoughts_token_count when 'claude' then claude_thinking_tokens else otel_reasoning_tokens end as reasoning_tokens,
    audio_written_tokens as output_audio_tokens,
    image_written_tokens as output_image_tokens,
    cast(null as bigint) as retrieved_context_tokens,
    coalesce(prompt_token_count, claude_input_tokens, otel_input_tokens) as input_tokens_raw,
    coalesce(candidates_token_count, claude_output_tokens, otel_output_tokens) as output_tokens_raw,
    case when counted_by = 'claude' then 'exclusive' else 'inclusive' end as token_convention,
    total_token_count = coalesce(prompt_token_count, 0) + coalesce(candidates_token_count, 0) + coalesce(tool_use_prompt_token_count, 0) + coalesce(thoughts_token_count, 0) as tokens_reconcile,
    {{ absent_call_columns(['request_units', 'reported_cost_usd']) }},

    cast(null as varchar) as credential_id,
    {{ tag_value('tags', ['user_id', 'principal']) }} as principal_id,
    {{ tag_value('tags', ['agent_session_id', 'session_id', 'session']) }} as agent_session_id,
    {{ tag_value('tags', ['agent_name', 'agent']) }} as agent_name,
    {{ tag_value('tags', ['workflow_name', 'workflow']) }} as workflow_name,
    {{ tag_value('tags', ['step_name', 'step']) }} as step_name,
    trace_id,
    span_id,
    cast(null as varchar) as parent_span_id,
    tags
from split
