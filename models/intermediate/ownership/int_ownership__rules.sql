{{ config(materialized='view') }}
-- Grain: one row per readable owner rule, with open ends filled and its order made total.
select
    rule_id,
    coalesce(scope, 'any') as scope,
    match_type,
    lower(trim(coalesce(match_key, ''))) as match_key,
    lower(trim(match_value)) as match_value,
    nullif(trim(team), '') as team,
    nullif(trim(feature), '') as feature,
    nullif(trim(environment), '') as environment,
    nullif(trim(workload), '') as workload,
    coalesce(valid_from, date '1900-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to,
    -- Lower number first, then an exact value before any value, then the id: never two rules at one place.
    lpad(cast(priority as varchar), 9, '0') || case when trim(match_value) = '*' then '1' else '0' end || rule_id as rule_order
from {{ ref('stg_policy__owner_rules') }}
where x_quarantine_reason is null
