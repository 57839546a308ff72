-- Grain: one row per hour (queries) or day (indexes), index, kind of use and owner evidence.
with

queries as (

    select
        *,
        row_number() over (
            partition by coalesce(query_id, {{ surrogate_key(['x_source_file', 'x_source_row_number']) }})
            order by x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_vector__queries') }}
    where x_quarantine_reason is null

),

indexes as (

    select
        *,
        row_number() over (
            partition by provider, account_id, region, index_name, usage_date
            order by x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_vector__indexes') }}
    where x_quarantine_reason is null

),

query_use as (

    select
        date_trunc('hour', queried_at) as usage_hour,
        'vector_search' as driver_kind,
        provider,
        account_id,
        region,
        {{ resource_key('index_name') }} as index_name,
        agent_session_id,
        cast(null as varchar) as agent_name,
        cast(null as varchar) as credential_id,
        cast(null as varchar) as principal_id,
        tags,
        cast(sum(query_units) as decimal(38, 6)) as units
    from queries
    where record_rank = 1
    group by all

),

index_use as (

    {% for driver_kind, column in [('vector_index', 'indexing_units'), ('vector_storage', 'storage_gib')] -%}
    select
        cast(usage_date as timestamp) as usage_hour,
        '{{ driver_kind }}' as driver_kind,
        provider,
        account_id,
        region,
        {{ resource_key('index_name') }} as index_name,
        cast(null as varchar) as agent_session_id,
        cast(null as varchar) as agent_name,
        cast(null as varchar) as credential_id,
        cast(null as varchar) as principal_id,
        tags,
        cast({{ column }} as decimal(38, 6)) as units
    from indexes
    where
        record_rank = 1
        and {{ column }} > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Reranking bills search units, whoever sells it: the caller's, like a query. A call that says no units is one.
rerank_use as (

    select
        usage_hour,
        'rerank' as driver_kind,
        provider,
        account_id,
        region,
        cast(null as varchar) as index_name,
        agent_session_id,
        agent_name,
        credential_id,
        principal_id,
        tags,
        cast(sum(coalesce(request_units, request_count, 1)) as decimal(38, 6)) as units
    from {{ ref('int_inference__calls') }}
    where
        operation = 'rerank'
        and not is_gateway_cache_hit
    group by all

),

unioned as (

    select * from query_use
    union all
    select * from index_use
    union all
    select * from rerank_use

),

-- What was said of the session when it began beats what a single query says.
with_session_tags as (

    select
        unioned.usage_hour,
        unioned.driver_kind,
        unioned.provider,
        unioned.account_id,
        unioned.region,
        unioned.index_name,
        unioned.agent_session_id,
        coalesce(sessions.agent_name, unioned.agent_name) as agent_name,
        unioned.credential_id,
        unioned.principal_id,
        case
            when sessions.tags is null then unioned.tags
            when unioned.tags is null then sessions.tags
            else map_concat(unioned.tags, sessions.tags)
        end as tags,
        unioned.units
    from unioned
    left join {{ ref('int_agents__sessions') }} as sessions on unioned.agent_session_id = sessions.agent_session_id

)

select
    *,
    {{ usage_owner_key('int_retrieval__usage_hourly') }} as owner_key
from with_session_tags
