-- Grain: one row per Amazon Bedrock model invocation as logged.
-- Bedrock counts input tokens without the cached ones. The region is the one called from: the bill follows it, not inferenceRegion.
with

source as (

    select * from {{ landing('bedrock', 'invocation_logs') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'request_metadata'}]) }} as entries
    from source

),

keyed as (

    select
        *,
        {{ tag_map('entries') }} as metadata
    from tagged

),

-- ConverseStream counts the cached tokens of OpenAI's models inside the input (measured, bifrost#6942, 2026).
split as (

    {{ split_call_tokens('keyed', {
        'input': 'input_token_count', 'output': 'output_token_count', 'cache_read': 'cache_read_token_count',
        'cache_write': 'cache_write_token_count', 'cache_write_5m': 'cache_write_5m_token_count', 'cache_write_1h': 'cache_write_1h_token_count',
    }, convention="case when operation = 'ConverseStream' and lower(model_id) like '%openai.%' and split_cached <= split_input then 'inclusive' else 'exclusive' end") }}

)

select
    'bedrock_invocation_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['"timestamp" is null', "'timestamp is empty: a time is needed. Deliver the log record as Bedrock wrote it'"],
        ['model_id is null', "'modelId is empty: the model is needed. Deliver the log record as Bedrock wrote it'"],
        ['least(input_token_count, output_token_count, cache_read_token_count) < 0', "'a token count is negative: deliver the log record as Bedrock wrote it'"],
        ['least(cache_write_token_count, cache_write_5m_token_count, cache_write_1h_token_count) < 0', "'a token count is negative: deliver the log record as Bedrock wrote it'"],
        [tag_text_is_bad('request_metadata'), "'requestMetadata is no JSON object: deliver the log record as Bedrock wrote it'"],
    ]) }} as x_quarantine_reason,

    request_id as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    'aws' as provider,
    'bedrock' as platform,
    account_id,
    region,
    {{ bedrock_geo_scope('model_id') }} as geo_scope,
    model_id as model_id_raw,
    {{ bedrock_profile_arn('model_id') }} as inference_profile_arn,
    case
        when lower(operation) like '%batch%' or lower(operation) like '%modelinvocationjob%' then 'batch'
        when service_tier is null and lower(latency) = 'optimized' then 'latency_optimized'
        else {{ service_tier('service_tier') }}
    end as service_tier,
    case
        when lower(model_id) like '%embed%' then 'embeddings'
        when lower(model_id) like '%rerank%' then 'rerank'
        else 'chat'
    end as operation,
    timestamp as started_at,
    cast(null as timestamp) as ended_at,
    case when error_code is not null then 'error' else 'ok' end as status,
    false as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    {{ split_tokens() }},
    try_cast({{ tag_value('metadata', ['retrieved_context_tokens']) }} as bigint) as retrieved_context_tokens,
    input_token_count as input_tokens_raw,
    output_token_count as output_tokens_raw,
    split_convention as token_convention,
    split_reconciles as tokens_reconcile,
    cast(null as decimal(38, 12)) as request_units,
    cast(null as decimal(38, 12)) as reported_cost_usd,

    cast(null as varchar) as credential_id,
    identity_arn as principal_id,
    {{ tag_value('metadata', ['agent_session_id', 'session_id', 'sessionid', 'session']) }} as agent_session_id,
    {{ tag_value('metadata', ['agent_name', 'agent']) }} as agent_name,
    {{ tag_value('metadata', ['workflow_name', 'workflow']) }} as workflow_name,
    {{ tag_value('metadata', ['step_name', 'step']) }} as step_name,
    {{ tag_value('metadata', ['trace_id']) }} as trace_id,
    {{ tag_value('metadata', ['span_id']) }} as span_id,
    {{ tag_value('metadata', ['parent_span_id']) }} as parent_span_id,
    metadata as tags
from split
