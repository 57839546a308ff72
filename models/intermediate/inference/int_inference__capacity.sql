{{ config(materialized='view') }}
-- Grain: one row per key level, match key and hour: the microseconds of capacity that were paid for; what nobody's tokens took of them is idle.
select
    key_level,
    match_key,
    usage_hour,
    cast(seconds * 1000000 as decimal(38, 6)) as capacity_units
from {{ ref('int_inference__capacity_hours') }}
