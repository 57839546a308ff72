{{ config(materialized='view') }}
-- Grain: one row per billed line of the latest delivery of its report, account and period. Two equal lines inside one delivery are both kept.
-- Conserves: billed, effective and list cost of the latest deliveries.
with

charges as (

    select * from {{ ref('int_charges__unioned') }}

),

latest as (

    select distinct
        x_source,
        x_report,
        provider,
        billing_account_id,
        billing_period_start,
        x_delivery
    from {{ ref('int_charges__deliveries') }}
    where is_latest

),

-- Each charge has exactly one delivery; a superseded delivery's lines leave here on purpose and are counted in cost_reconciliation.
of_latest as (

    select charges.*
    from charges
    inner join latest
        on
            charges.x_source = latest.x_source
            and charges.x_report is not distinct from latest.x_report
            and charges.provider is not distinct from latest.provider
            and charges.billing_account_id = latest.billing_account_id
            and charges.billing_period_start = latest.billing_period_start
            and charges.x_delivery is not distinct from latest.x_delivery

)

select * from of_latest
