-- Grain: one row per hour, bill key (provider, account, region, model, tier, routing), context band and owner evidence.
-- The one pass from calls to groups: everything after this grows with consumers, not with requests.
with

calls as (

    select * from {{ ref('int_inference__calls') }}

),

sessions as (

    select * from {{ ref('int_agents__sessions') }}

),

models as (

    {{ resolve_model('(select distinct provider, model_id_raw from calls)', names_only=true) }}

),

-- Few models have more than one band, and few calls are long: a call without a partner here is in the base band.
bands as (

    select
        models.provider,
        models.model_id_raw,
        context_bands.context_min_tokens,
        context_bands.next_context_min_tokens
    from models
    inner join {{ ref('int_inference__context_bands') }} as context_bands
        on
            models.provider = context_bands.provider
            and models.model_id = context_bands.model_id

),

-- A long request is repriced whole, so the band is the call's: found by its whole input, cached tokens included. A sum of calls has no length; it tells its band or none.
banded as (

    select
        calls.*,
        case when calls.record_kind = 'bucket' then {{ stated_context_band('calls.tags') }} else coalesce(bands.context_min_tokens, 0) end as context_min_tokens
    from calls
    left join bands
        on
            calls.provider = bands.provider
            and calls.model_id_raw = bands.model_id_raw
            and calls.input_tokens + calls.cache_read_tokens + calls.cache_write_5m_tokens + calls.cache_write_1h_tokens >= bands.context_min_tokens
            and calls.input_tokens + calls.cache_read_tokens + calls.cache_write_5m_tokens + calls.cache_write_1h_tokens < bands.next_context_min_tokens

),

-- Served from a gateway's cache: the provider never saw it, so it carries no billed tokens.
grouped as (

    select
        usage_hour,
        provider,
        account_id,
        region,
        geo_scope,
        model_id_raw,
        service_tier,
        context_min_tokens,
        operation,
        agent_session_id,
        is_amplified,
        agent_name,
        credential_id,
        principal_id,
        tags,
        cast(sum(request_count) as bigint) as calls,
        cast(sum(case when status = 'error' then request_count else 0 end) as bigint) as failed_calls,
        sum(input_tokens) as input_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(output_tokens) as output_tokens,
        sum(least(retrieved_context_tokens, input_tokens)) as retrieved_context_tokens
    from banded
    where not is_gateway_cache_hit
    group by all

),

-- What was said of the session when it began beats what a single call says.
with_session_tags as (

    select
        grouped.usage_hour,
        grouped.provider,
        grouped.account_id,
        grouped.region,
        grouped.geo_scope,
        grouped.model_id_raw,
        grouped.service_tier,
        grouped.context_min_tokens,
        grouped.operation,
        grouped.agent_session_id,
        grouped.is_amplified,
        coalesce(sessions.agent_name, grouped.agent_name) as agent_name,
        grouped.credential_id,
        grouped.principal_id,
        case
            when sessions.tags is null then grouped.tags
            when grouped.tags is null then sessions.tags
            else map_concat(grouped.tags, sessions.tags)
        end as tags,
        grouped.calls,
        grouped.failed_calls,
        grouped.input_tokens,
        grouped.cache_read_tokens,
        grouped.cache_write_5m_tokens,
        grouped.cache_write_1h_tokens,
        grouped.output_tokens,
        grouped.retrieved_context_tokens
    from grouped
    left join sessions on grouped.agent_session_id = sessions.agent_session_id

),

keyed as (

    select
        with_session_tags.*,
        models.model_id,
        case with_session_tags.geo_scope when 'global' then 'global' when 'unknown' then null else 'regional' end as routing,
        {{ usage_owner_key('int_inference__usage_hourly') }} as owner_key
    from with_session_tags
    left join models
        on
            with_session_tags.provider = models.provider
            and with_session_tags.model_id_raw = models.model_id_raw

)

select * from keyed
