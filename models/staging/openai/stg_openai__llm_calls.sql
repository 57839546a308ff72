-- Grain: one row per result of a bucket of OpenAI's usage API, every pull and every grouping kept: int_inference__buckets decides which of them states a bucket.
-- input_tokens hold cached and written ones. Answers with input_uncached_tokens count every medium in it; older ones count text alone, with audio beside it.
with

source as (

    select * from {{ landing('openai_usage', 'usage') }}

),

split as (

    select
        *,
        input_uncached_tokens is not null as counts_every_medium,
        coalesce(result_object, case when output_tokens is null then 'organization.usage.embeddings.result' else 'organization.usage.completions.result' end) as kind,
        coalesce(
            input_text_tokens,
            coalesce(input_uncached_tokens, input_tokens - coalesce(input_cached_tokens, 0) - coalesce(input_cache_write_tokens, 0))
            - case when input_uncached_tokens is null then 0 else coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) end
        ) as fresh_tokens,
        coalesce(
            output_text_tokens,
            coalesce(output_tokens, 0) - case when input_uncached_tokens is null then 0 else coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) end
        ) as text_tokens,
        {{ tag_map(tag_entries([{'text': columns_as_tags({
            'organization_id': "coalesce(organization_id, " ~ pull_account() ~ ", 'openai')", 'project_id': 'project_id', 'user_id': 'user_id', 'api_key_id': 'api_key_id'})}])) }} as tags
    from source

)

select
    'openai_usage' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['start_time is null', "'start_time is empty: a time is needed. Keep the bucket around its results: it says which time they are of'"],
        [
            "kind not in ('organization.usage.completions.result', 'organization.usage.embeddings.result')",
            bad_value('result_object', 'a result of completions or embeddings is needed, others count no billed tokens', 'Leave the file out'),
        ],
        ['input_tokens is null', "'input_tokens is empty: a count is needed. Keep the answer as it is'"],
        [
            'least(fresh_tokens, text_tokens, input_tokens, output_tokens, input_cached_tokens, input_cache_write_tokens, input_audio_tokens, input_image_tokens) < 0',
            "'a token count is negative, or parts exceed the count that holds them: pull the bucket again'",
        ],
    ]) }} as x_quarantine_reason,

    {{ row_id() }} as call_id,
    'bucket' as record_kind,
    num_model_requests as request_count,
    'openai' as provider,
    'direct' as platform,
    project_id as account_id,
    {{ absent_call_columns(['region', 'geo_scope']) }},
    model as model_id_raw,
    cast(null as varchar) as inference_profile_arn,
    case when is_batch then 'batch' when service_tier is not null then {{ service_tier('service_tier') }} end as service_tier,
    case when kind like '%embeddings%' then 'embeddings' else 'chat' end as operation,
    start_time as started_at,
    end_time as ended_at,
    'ok' as status,
    false as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    fresh_tokens as input_tokens,
    coalesce(input_cached_tokens, 0) as cache_read_tokens,
    cast(0 as bigint) as cache_write_5m_tokens,
    cast(0 as bigint) as cache_write_1h_tokens,
    coalesce(input_cache_write_tokens, 0) as cache_write_unknown_tokens,
    input_audio_tokens,
    input_image_tokens,
    text_tokens as output_text_tokens,
    cast(null as bigint) as reasoning_tokens,
    output_audio_tokens,
    output_image_tokens,
    cast(null as bigint) as retrieved_context_tokens,
    input_tokens as input_tokens_raw,
    output_tokens as output_tokens_raw,
    'inclusive' as token_convention,
    case
        when counts_every_medium
            then
                input_tokens = fresh_tokens + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) + coalesce(input_cached_tokens, 0) + coalesce(input_cache_write_tokens, 0)
                and coalesce(output_tokens, 0) = text_tokens + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0)
    end as tokens_reconcile,
    {{ absent_call_columns(['request_units', 'reported_cost_usd']) }},

    api_key_id as credential_id,
    user_id as principal_id,
    {{ absent_call_columns(['agent_session_id', 'agent_name', 'workflow_name', 'step_name', 'trace_id', 'span_id', 'parent_span_id']) }},
    tags
from split
