{{ config(materialized='view') }}
-- Grain: one row per key level, match key, day and consumer. Drivers: GiB-days stored, log bytes ingested or kept.
with

usage as (

    {{ owned_usage(
        ref('int_storage__usage_daily'),
        "case usage.driver_kind when 'log_ingest' then 'log_bytes' when 'log_storage' then 'log_stored_bytes' else 'gib_days' end",
        'usage.units', workload='usage.part'
    ) }}

)

{{ driver_levels('storage', 'usage', driver_columns(), rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}
