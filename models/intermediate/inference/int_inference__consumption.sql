-- Grain: one row per hour, bill key, context band, token kind and consumer: tokens with their owner of that day.
with

usage as (

    select * from {{ ref('int_inference__usage_hourly') }}

),

owners as (

    select * from {{ ref('int_ownership__usage_owners') }}

),

by_kind as (

    {% for kind in billed_token_kinds() -%}
    select
        usage_hour,
        provider,
        account_id,
        region,
        geo_scope,
        routing,
        model_id_raw,
        model_id,
        service_tier,
        context_min_tokens,
        -- Embedding and reranking serve retrieval; the bill's own line decides when there is one.
        case when operation in ('embeddings', 'embedding', 'rerank') then 'retrieval' else 'inference' end as layer,
        owner_key,
        agent_session_id,
        is_amplified,
        '{{ kind }}' as token_kind,
        {{ kind }}_tokens as tokens,
        {{ 'retrieved_context_tokens' if kind == 'input' else 'cast(0 as bigint)' }} as memo_tokens
    from usage
    where {{ kind }}_tokens > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

owned as (

    select
        by_kind.usage_hour,
        by_kind.provider,
        by_kind.account_id,
        by_kind.region,
        by_kind.geo_scope,
        by_kind.routing,
        by_kind.model_id_raw,
        by_kind.model_id,
        by_kind.service_tier,
        by_kind.context_min_tokens,
        by_kind.layer,
        by_kind.token_kind,
        owners.team,
        owners.feature,
        owners.environment,
        owners.workload,
        by_kind.agent_session_id,
        by_kind.is_amplified,
        owners.rule_id,
        sum(by_kind.tokens) as tokens,
        sum(by_kind.memo_tokens) as memo_tokens
    from by_kind
    left join owners
        on
            by_kind.owner_key = owners.owner_key
            and cast(by_kind.usage_hour as date) = owners.usage_date
    group by all

)

select * from owned
