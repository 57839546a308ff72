{{ config(materialized='view') }}
-- Grain: one row per readable policy rule for shared or idle cost, open ends filled and its order made total.
select
    rule_id,
    step,
    nullif(layer, '') as layer,
    nullif(provider, '') as provider,
    nullif(service_name, '') as service_name,
    nullif(charge_category, '') as charge_category,
    nullif(charge_kind, '') as charge_kind,
    method,
    coalesce(valid_from, date '1900-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to,
    lpad(cast(priority as varchar), 9, '0') || rule_id as rule_order
from {{ ref('stg_policy__allocation_rules') }}
where x_quarantine_reason is null
