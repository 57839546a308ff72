{{ config(materialized='view') }}
-- Grain: one row per scenario and cloud it is worked out for. A row of the file that names no cloud is asked of each of the three.
with

scenarios as (

    select *
    from {{ ref('stg_policy__scenarios') }}
    where x_quarantine_reason is null

),

clouds as (

    select * from (values ('aws', 'us-east-1'), ('gcp', 'us-central1'), ('azure', 'eastus')) as clouds (cloud, region)

)

select
    scenarios.* replace (coalesce(clouds.cloud, scenarios.provider) as provider),
    -- The region the seed rates are of.
    clouds.region,
    -- 8,760 hours in twelve months.
    cast(730 as decimal(18, 6)) as hours_in_month
from scenarios
left join clouds on scenarios.provider is null or scenarios.provider = clouds.cloud
