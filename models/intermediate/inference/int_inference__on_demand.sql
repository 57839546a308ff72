{{ config(materialized='view') }}
-- Grain: one row per row of int_inference__priced (of int_inference__consumption, with its list price) that no capacity bought by the hour has paid for.
-- Conserves: its tokens, together with those that ran in a paid hour of capacity.
with

served as (

    select distinct
        usage.usage_hour,
        usage.provider,
        usage.account_id,
        usage.region,
        usage.model_id_raw,
        usage.service_tier,
        usage.token_kind
    from {{ ref('int_inference__capacity_keys') }} as usage
    inner join {{ ref('int_inference__capacity_hours') }} as hours
        on
            usage.key_level = hours.key_level
            and usage.match_key = hours.match_key
            and usage.usage_hour = hours.usage_hour

)

select consumption.*
from {{ ref('int_inference__priced') }} as consumption
left join served
    on
        consumption.usage_hour = served.usage_hour
        and consumption.provider = served.provider
        and consumption.account_id is not distinct from served.account_id
        and consumption.region is not distinct from served.region
        and consumption.model_id_raw is not distinct from served.model_id_raw
        and consumption.service_tier is not distinct from served.service_tier
        and consumption.token_kind = served.token_kind
where served.usage_hour is null
