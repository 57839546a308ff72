{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour and consumer. Driver: flow-log bytes of the line's own direction; memo: those that need not have gone that way.
with

usage as (

    {{ owned_usage(ref('int_egress__usage_hourly'), "'bytes'", 'usage.bytes', workload='usage.workload_name', memo='usage.avoidable_bytes') }}

)

{{ driver_levels('egress', 'usage', driver_columns(), rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}
