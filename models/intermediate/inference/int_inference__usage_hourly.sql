-- Grain: one row per hour, bill key (provider, account, region, model, tier, routing), context band and owner evidence.
-- The one pass from calls to groups: everything after this grows with consumers, not with requests.
with

calls as (

    select * from {{ ref('int_inference__used') }}

),

sessions as (

    select * from {{ ref('int_agents__sessions') }}

),

-- Served from a gateway's cache: the provider never saw it, so it carries no billed tokens; its group is kept, so that the call has an owner.
grouped as (

    select
        {% for column in usage_group_columns() -%}
        {{ column }},
        {% endfor -%}
        usage_group_key,
        count(*) as records,
        cast(sum(request_count) as bigint) as calls,
        cast(sum(case when status = 'error' then request_count else 0 end) as bigint) as failed_calls,
        cast(sum(case when is_gateway_cache_hit then request_count else 0 end) as bigint) as gateway_cached_calls,
        {% for kind in billed_token_kinds() -%}
        sum(case when is_gateway_cache_hit then 0 else {{ kind }}_tokens end) as {{ kind }}_tokens,
        {% endfor -%}
        sum(case when is_gateway_cache_hit then 0 else least(retrieved_context_tokens, input_tokens) end) as retrieved_context_tokens,
        min(
            case when record_kind = 'call' and status = 'ok' and not is_gateway_cache_hit and input_tokens > 0 then input_tokens - least(coalesce(retrieved_context_tokens, 0), input_tokens) end
        ) as smallest_prompt_tokens
    from calls
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
        grouped.usage_group_key,
        grouped.records,
        grouped.calls,
        grouped.failed_calls,
        grouped.gateway_cached_calls,
        grouped.input_tokens,
        grouped.cache_read_tokens,
        grouped.cache_write_5m_tokens,
        grouped.cache_write_1h_tokens,
        grouped.output_tokens,
        grouped.retrieved_context_tokens,
        grouped.smallest_prompt_tokens
    from grouped
    left join sessions on grouped.agent_session_id = sessions.agent_session_id

),

models as (

    {{ resolve_model('(select distinct provider, model_id_raw from with_session_tags)', names_only=true) }}

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
