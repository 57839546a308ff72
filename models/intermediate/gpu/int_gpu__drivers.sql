{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour and consumer. Driver: GPU-seconds held, fractions included.
with

usage as (

    {{ owned_usage(ref('int_gpu__usage_hourly'), "'gpu_seconds'", 'gpu_seconds', workload='usage.workload_name') }}

)

{{ driver_levels('gpu', 'usage', driver_columns(), rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}
