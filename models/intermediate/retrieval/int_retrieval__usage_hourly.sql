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
        tags,
        cast({{ column }} as decimal(38, 6)) as units
    from indexes
    where
        record_rank = 1
        and {{ column }} > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

unioned as (

    select * from query_use
    union all
    select * from index_use

)

select
    *,
    {{ usage_owner_key('int_retrieval__usage_hourly') }} as owner_key
from unioned
