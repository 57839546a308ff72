-- Grain: one row per billable leaf call, however often and by however many instrumentors it was logged.
with

unioned as (

    {% for model in call_sources() -%}
    select
        {{ call_columns() | join(',\n        ') }}
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A call without an id of its own is known by its content, so that a file delivered twice still counts once.
identified as (

    select
        *,
        coalesce(nullif(call_id, ''), {{ surrogate_key([
            'provider', 'account_id', 'region', 'model_id_raw', 'started_at', 'ended_at', 'input_tokens', 'cache_read_tokens', 'output_text_tokens',
            'agent_session_id', 'credential_id', 'principal_id', 'span_id',
        ]) }}) as dedupe_key
    from unioned
    where x_quarantine_reason is null

),

-- Of several records of one call the fullest counts: a resumed session or a stream logs partial output first.
ranked as (

    select
        *,
        row_number() over (
            partition by provider, dedupe_key
            order by
                output_text_tokens + coalesce(reasoning_tokens, 0) desc,
                input_tokens desc,
                started_at asc,
                x_source asc,
                x_source_file asc,
                x_source_row_number asc
        ) as record_rank,
        count(*) over (partition by provider, dedupe_key) as records
    from identified

),

calls as (

    select
        dedupe_key as call_id,
        record_kind,
        request_count,
        x_source,
        provider,
        platform,
        account_id,
        region,
        coalesce(geo_scope, 'unknown') as geo_scope,
        model_id_raw,
        inference_profile_arn,
        coalesce(service_tier, 'standard') as service_tier,
        operation,
        started_at,
        ended_at,
        date_trunc('hour', started_at) as usage_hour,
        cast(started_at as date) as usage_date,
        status,
        is_gateway_cache_hit,
        attempt_number,
        -- The kinds a bill knows. Audio and images are told apart beside them, and so are tokens written for a time nobody said: they cost at least what five minutes cost.
        input_tokens + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) as input_tokens,
        cache_read_tokens,
        cache_write_5m_tokens + cache_write_unknown_tokens as cache_write_5m_tokens,
        cache_write_1h_tokens,
        output_text_tokens + coalesce(reasoning_tokens, 0) + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) as output_tokens,
        cache_write_unknown_tokens,
        input_audio_tokens,
        input_image_tokens,
        reasoning_tokens,
        output_audio_tokens,
        output_image_tokens,
        greatest(coalesce(retrieved_context_tokens, 0), 0) as retrieved_context_tokens,
        input_tokens_raw,
        output_tokens_raw,
        token_convention,
        tokens_reconcile,
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
        tags,
        records,
        -- The first call answers the user; what follows in the session is amplification. Calls that start together are all first,
        -- so that cutting a record in two changes nothing.
        agent_session_id is not null
        and started_at > min(started_at) over (partition by agent_session_id) as is_amplified
    from ranked
    where record_rank = 1

)

-- The group of use the call is counted in, as one number: its cost is a share of what that group cost.
select
    *,
    {{ usage_group_key() }} as usage_group_key
from calls
