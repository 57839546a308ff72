{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour and consumer. Driver: GPU-seconds held, fractions included; for machines no telemetry knows, AWS's own split of their cost.
with

usage as (

    {{ owned_usage(ref('int_gpu__usage_hourly'), "'gpu_seconds'", 'gpu_seconds', workload='usage.workload_name') }}

),

split_usage as (

    {{ owned_usage(ref('int_gpu__split_usage'), "'split_cost'", 'split_cost_micros', workload='usage.workload_name') }}

),

keyed as (

    {{ driver_levels('gpu', 'usage', driver_columns(), rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}

)

select * from keyed
union all
-- It says something about its own machine only: at a coarser key it would meet other machines' seconds.
select
    1 as key_level,
    {{ match_key(['provider', 'resource_id']) }} as match_key,
    {{ driver_columns() | join(',\n    ') }}
from split_usage
where {{ match_key(['provider', 'resource_id']) }} is not null
