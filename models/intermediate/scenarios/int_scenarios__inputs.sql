{{ config(materialized='view') }}
-- Grain: one row per scenario and cloud it is worked out for. A row of the file that names no cloud is asked of each of the three.
with

scenarios as (

    select *
    from {{ ref('stg_policy__scenarios') }}
    where x_quarantine_reason is null

),

clouds as (

    {{ planned_clouds() }}

)

select
    scenarios.* exclude (provider),
    coalesce(clouds.provider, scenarios.provider) as provider,
    clouds.region,
    -- 8,760 hours in twelve months.
    cast(730 as decimal(18, 6)) as hours_in_month
from scenarios
left join clouds on scenarios.provider is null or scenarios.provider = clouds.provider
