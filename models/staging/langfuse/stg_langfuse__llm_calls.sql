-- Grain: one row per generation or embedding of Langfuse, in its newest state, with what its trace says.
-- The trace is joined here: user, session and tags of a call stand nowhere else, and the stream needs them with it. Every observation keeps its row.
with

observations as (

    select * from {{ ref('stg_langfuse__observations') }}

),

traces as (

    select * from {{ ref('stg_langfuse__traces') }}
    where x_quarantine_reason is null

),

traced as (

    select
        observations.*,
        traces.trace_name,
        coalesce(observations.user_id, traces.user_id) as trace_user_id,
        coalesce(observations.session_id, traces.session_id) as trace_session_id,
        {{ tag_entries([
            {'text': litellm_request_tags('coalesce(observations.tags, traces.tags)'), 'precedence': 0},
            {'text': 'observations.metadata', 'precedence': 1},
            {'text': 'traces.metadata', 'precedence': 2},
            {'text': columns_as_tags({
                'environment': 'coalesce(observations.environment, traces.environment)', 'project_id': 'observations.project_id', 'user_id': 'coalesce(observations.user_id, traces.user_id)',
            }), 'precedence': 3},
        ]) }} as entries
    from observations
    left join traces
        on
            observations.trace_id = traces.id
            and observations.project_id is not distinct from traces.project_id

),

tagged as (

    select
        *,
        {{ tag_map('entries') }} as tag_values
    from traced

),

split as (

    select
        *,
        {{ tag_value('tag_values', ['gen_ai.provider.name', 'gen_ai.system', 'ls_provider', 'provider']) }} as told_provider
    from tagged

)

select
    'langfuse_observations' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['start_time is null', "'start_time is empty: a time is needed. Export the column'"],
        ['observation_type is null', "'type is empty: whether the row is a generation is needed. Export the column'"],
        ['model is null', "'provided_model_name is empty: the model is needed. Export the column, or name the model when you log the generation'"],
        ['least(fresh_tokens, cached_tokens, cache_read_tokens, text_tokens, reasoning_tokens) < 0', "'a token count is negative: export the row again'"],
    ]) }} as x_quarantine_reason,

    coalesce({{ tag_value('tag_values', ['gen_ai.response.id', 'response_id']) }}, id) as call_id,
    'call' as record_kind,
    cast(1 as bigint) as request_count,
    coalesce({{ llm_provider('told_provider') }}, {{ model_provider('model') }}, 'unknown') as provider,
    coalesce({{ llm_platform('told_provider') }}, {{ model_platform('model') }}) as platform,
    {{ tag_value('tag_values', ['account_id']) }} as account_id,
    {{ tag_value('tag_values', ['region']) }} as region,
    case when coalesce({{ llm_platform('told_provider') }}, {{ model_platform('model') }}) = 'bedrock' then {{ bedrock_geo_scope('model') }} end as geo_scope,
    model as model_id_raw,
    {{ bedrock_profile_arn('model') }} as inference_profile_arn,
    case when lower({{ tag_value('tag_values', ['batch']) }}) = 'true' then 'batch' else {{ service_tier('service_tier') }} end as service_tier,
    case when upper(observation_type) = 'EMBEDDING' or lower(model) like '%embed%' then 'embeddings' when lower(model) like '%rerank%' then 'rerank' else 'chat' end as operation,
    start_time as started_at,
    end_time as ended_at,
    case when upper(level) = 'ERROR' then 'error' else 'ok' end as status,
    false as is_gateway_cache_hit,
    try_cast({{ tag_value('tag_values', ['attempt']) }} as bigint) as attempt_number,

    fresh_tokens as input_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    greatest(coalesce(cache_write_tokens, 0) - coalesce(cache_write_5m_tokens, 0) - coalesce(cache_write_1h_tokens, 0), 0) as cache_write_unknown_tokens,
    input_audio_tokens,
    input_image_tokens,
    text_tokens as output_text_tokens,
    reasoning_tokens,
    output_audio_tokens,
    output_image_tokens,
    try_cast({{ tag_value('tag_values', ['retrieved_context_tokens']) }} as bigint) as retrieved_context_tokens,
    input_tokens as input_tokens_raw,
    output_tokens as output_tokens_raw,
    case when holds_cached then 'inclusive' when reconciles or total_tokens is null then 'exclusive' else 'ambiguous' end as token_convention,
    reconciles as tokens_reconcile,
    cast(null as decimal(38, 12)) as request_units,
    total_cost as reported_cost_usd,

    cast(null as varchar) as credential_id,
    trace_user_id as principal_id,
    coalesce(trace_session_id, {{ tag_value('tag_values', ['agent_session_id', 'session_id']) }}) as agent_session_id,
    {{ tag_value('tag_values', ['agent_name', 'agent']) }} as agent_name,
    coalesce({{ tag_value('tag_values', ['workflow_name', 'workflow']) }}, trace_name) as workflow_name,
    coalesce({{ tag_value('tag_values', ['step_name', 'step']) }}, observation_name) as step_name,
    trace_id,
    id as span_id,
    nullif(parent_observation_id, '') as parent_span_id,
    tag_values as tags
from split
