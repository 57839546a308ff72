{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour and consumer. Drivers: query units and reranked search units by caller; indexing units and stored size by the index's owner.
-- A search floor is billed on days nobody queries too: then it is idle, and at the last level falls to the stored indexes that keep it alive.
with

usage as (

    {{ owned_usage(
        ref('int_retrieval__usage_hourly'),
        "case usage.driver_kind when 'vector_search' then 'query_units' when 'vector_index' then 'index_units' when 'rerank' then 'search_units' else 'gib_days' end",
        'usage.units', workload='usage.index_name', session='usage'
    ) }}

),

keyed as (

    select
        *,
        index_name as resource_key,
        account_id as account_key,
        region as region_id,
        case when driver_kind = 'vector_storage' then 'vector_floor' end as driver_floor_kind
    from usage

)

{{ driver_levels('retrieval', 'keyed', driver_columns(), overrides={3: {'reason': "'floor_without_queries'"}}) }}
