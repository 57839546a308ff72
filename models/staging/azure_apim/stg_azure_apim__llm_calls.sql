-- Grain: one row per interval and set of dimensions of API Management's token metrics, and one per metric row that can not be used.
-- Prompt, completion, total and cached tokens come as rows of their own and are put side by side; the prompt holds the cached ones. The total is no kind: it checks the others.
-- A deployment's name is no model, even where it looks like one: it stands as azure-deployment/<name> until a policy says what is deployed there.
with

source as (

    select
        *,
        {{ to_money('value_sum') }} as amount,
        regexp_replace(regexp_replace(lower(metric_name), '^.*/|[^a-z/]', '', 'g'), 'tokens?(count)?$', 'tokens') as metric
    from {{ landing('azure_apim', 'token_metrics') }}

),

metrics as (

    select
        *,
        {{ first_reason([
            ['measured_at is null', "'timestamp is empty: a time is needed. Export the column'"],
            ['custom_dimensions is null', bad_value('custom_dimensions', 'a JSON object is needed', 'Export customDimensions (Log Analytics: Properties) as it is')],
            ['amount is null', bad_value('value_sum', 'a number is needed', 'Export valueSum (Log Analytics: Sum)')],
            ['amount < 0', "'a token count is negative: export the row again'"],
        ]) }} as row_reason
    from source
    where
        x_reject_reason is not null
        or metric in ('prompttokens', 'completiontokens', 'totaltokens', 'promptcachedtokens', 'cachedprompttokens', 'cachedtokens')

),

intervals as (

    select
        min(x_source_file) as x_source_file,
        min(x_source_row_number) as x_source_row_number,
        row_reason,
        measured_at,
        custom_dimensions,
        cast(sum(case when metric = 'prompttokens' then value_count end) as bigint) as answers,
        cast(sum(case when metric = 'prompttokens' then amount end) as bigint) as prompt_tokens,
        cast(sum(case when metric = 'completiontokens' then amount end) as bigint) as completion_tokens,
        cast(sum(case when metric = 'totaltokens' then amount end) as bigint) as total_tokens,
        cast(sum(case when metric like '%cached%' then amount end) as bigint) as cached_tokens
    from metrics
    group by
        x_delivery,
        row_reason,
        measured_at,
        custom_dimensions,
        case when row_reason is not null then x_source_file end,
        case when row_reason is not null then x_source_row_number end

),

tagged as (

    select
        *,
        cast(null as varchar) as x_reject_reason,
        {{ tag_map(tag_entries([{'text': 'custom_dimensions'}])) }} as tags
    from intervals

),

named as (

    select
        *,
        {{ tag_value('tags', ['model', 'model name', 'selectedmodel', 'responsemodel']) }} as told_model,
        'azure-deployment/' || {{ tag_value('tags', ['deployment', 'deployment name', 'deploymentname', 'deployment id', 'deployment-id', 'deploymentid', 'modeldeploymentname']) }} as deployment
    from tagged

)

select
    'azure_apim_token_metrics' as x_source,
    x_source_file,
    x_source_row_number,
    coalesce(row_reason, {{ first_reason([
        ['prompt_tokens is null and completion_tokens is null', "'only the sum of tokens was exported, which says neither input nor output: export Prompt Tokens and Completion Tokens too'"],
        ['cached_tokens > coalesce(prompt_tokens, 0)', "'cached tokens exceed the prompt that holds them: export every metric of the interval'"],
    ]) }}) as x_quarantine_reason,

    md5(concat_ws('|', x_source_file, cast(measured_at as varchar), custom_dimensions, cast(x_source_row_number as varchar))) as call_id,
    'bucket' as record_kind,
    answers as request_count,
    coalesce({{ llm_provider(tag_value('tags', ['provider', 'gen_ai.provider.name'])) }}, 'azure') as provider,
    coalesce({{ llm_platform(tag_value('tags', ['provider', 'gen_ai.provider.name'])) }}, 'azure_openai') as platform,
    {{ tag_value('tags', ['azure subscription id', 'account_id']) }} as account_id,
    {{ absent_call_columns(['region', 'geo_scope']) }},
    coalesce(told_model, deployment) as model_id_raw,
    case when told_model is null then deployment end as inference_profile_arn,
    cast(null as varchar) as service_tier,
    case when lower(coalesce(told_model, deployment)) like '%embed%' then 'embeddings' else 'chat' end as operation,
    measured_at as started_at,
    cast(null as timestamp) as ended_at,
    'ok' as status,
    false as is_gateway_cache_hit,
    cast(null as bigint) as attempt_number,

    coalesce(prompt_tokens, 0) - coalesce(cached_tokens, 0) as input_tokens,
    coalesce(cached_tokens, 0) as cache_read_tokens,
    cast(0 as bigint) as cache_write_5m_tokens,
    cast(0 as bigint) as cache_write_1h_tokens,
    cast(0 as bigint) as cache_write_unknown_tokens,
    {{ absent_call_columns(['input_audio_tokens', 'input_image_tokens']) }},
    coalesce(completion_tokens, 0) as output_text_tokens,
    {{ absent_call_columns(['reasoning_tokens', 'output_audio_tokens', 'output_image_tokens', 'retrieved_context_tokens']) }},
    prompt_tokens as input_tokens_raw,
    completion_tokens as output_tokens_raw,
    'inclusive' as token_convention,
    total_tokens = coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0) as tokens_reconcile,
    {{ absent_call_columns(['request_units', 'reported_cost_usd']) }},

    {{ tag_value('tags', ['subscription id', 'subscriptionid']) }} as credential_id,
    {{ tag_value('tags', ['user id', 'userid', 'user']) }} as principal_id,
    {{ tag_value('tags', ['session id', 'sessionid', 'agent_session_id']) }} as agent_session_id,
    {{ tag_value('tags', ['agent', 'agent_name']) }} as agent_name,
    {{ tag_value('tags', ['workflow', 'workflow_name']) }} as workflow_name,
    {{ absent_call_columns(['step_name', 'trace_id', 'span_id', 'parent_span_id']) }},
    tags
from named
