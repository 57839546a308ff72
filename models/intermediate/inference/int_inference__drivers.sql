{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour and consumer. Driver: tokens of the line's own kind.
with

usage as (

    select
        *,
        account_id as account_key,
        region as region_id,
        'tokens' as driver,
        cast(null as varchar) as reason,
        tokens as driver_units,
        memo_tokens as memo_units
    from {{ ref('int_inference__consumption') }}

)

{{ driver_levels('tokens', 'usage', driver_columns()) }}
