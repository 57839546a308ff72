-- Grain: one row per result of a bucket of Anthropic's usage report, every pull and every grouping kept: int_inference__buckets decides which of them states a bucket.
-- Kinds are disjoint as they come: uncached input, cache reads, cache writes by lifetime, output with thinking. The report counts no requests.
with

source as (

    select * from {{ landing('anthropic_usage', 'usage_report') }}

),

tagged as (

    select
        *,
        {{ tag_map(tag_entries([{'text': columns_as_tags({
            'organization_id': "coalesce(organization_id, " ~ pull_account() ~ ", 'anthropic')", 'workspace_id': 'workspace_id', 'api_key_id': 'api_key_id', 'user_account_id': 'account_id',
            'service_account_id': 'service_account_id', 'context_window': 'context_window', 'inference_geo': 'inference_geo', 'speed': 'speed'})}])) }} as tags
    from source

)

select
    'anthropic_usage_report' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['starting_at is null', "'starting_at is empty: a time is needed. Keep the bucket around its results: it says which time they are of'"],
        ['uncached_input_tokens is null', "'uncached_input_tokens is empty: a count is needed. Keep the answer as it is'"],
        [
            'least(uncached_input_tokens, cache_read_input_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, web_search_requests) < 0',
            "'a token count is negative: pull the bucket again'",
        ],
    ]) }} as x_quarantine_reason,

    {{ row_id() }} as call_id,
    'bucket' as record_kind,
    cast(null as bigint) as request_count,
    'anthropic' as provider,
    'direct' as platform,
    workspace_id as account_id,
    cast(null as varchar) as region,
    -- Models that can not be told where to run say not_available.
    case lower(inference_geo) when 'global' then 'global' when 'us' then 'geo' when 'not_available' then null else case when inference_geo is not null then 'geo' end end as geo_scope,
    model as model_id_raw,
    cast(null as varchar) as inference_profile_arn,
    -- Fast mode has a price of its own, whatever the tier.
    case when lower(speed) = 'fast' then 'fast' when service_tier is not null then {{ service_tier('service_tier') }} end as service_tier,
    'chat' as operation,
    starting_at as started_at,
    ending_at as ended_at,
    'ok' as status,
    false as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    coalesce(uncached_input_tokens, 0) as input_tokens,
    coalesce(cache_read_input_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    cast(0 as bigint) as cache_write_unknown_tokens,
    {{ absent_call_columns(['input_audio_tokens', 'input_image_tokens']) }},
    coalesce(output_tokens, 0) as output_text_tokens,
    {{ absent_call_columns(['reasoning_tokens', 'output_audio_tokens', 'output_image_tokens', 'retrieved_context_tokens']) }},
    uncached_input_tokens as input_tokens_raw,
    output_tokens as output_tokens_raw,
    'exclusive' as token_convention,
    cast(null as boolean) as tokens_reconcile,
    cast(web_search_requests as decimal(38, 12)) as request_units,
    cast(null as decimal(38, 12)) as reported_cost_usd,

    api_key_id as credential_id,
    coalesce(account_id, service_account_id) as principal_id,
    {{ absent_call_columns(['agent_session_id', 'agent_name', 'workflow_name', 'step_name', 'trace_id', 'span_id', 'parent_span_id']) }},
    tags
from tagged
