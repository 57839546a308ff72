{{ config(materialized='view') }}
-- Grain: one row per billed line of a charge that counts.
-- Conserves: the billing-currency amounts; the reporting-currency amounts are a conversion with the rate of the day the charge began.
with

charges as (

    select * from {{ ref('int_charges__counted') }}

),

-- A missing rate leaves the reporting amounts null, and assert_exchange_rates_are_known fails naming pair and date: a guess would be worse.
rated as (

    select
        charges.*,
        case when {{ is_reporting_currency('charges.billing_currency') }} then cast(1 as decimal(38, 12)) else rates.rate end as x_fx_rate_to_reporting,
        case
            when {{ is_reporting_currency('charges.billing_currency') }} then {{ rate_date('cast(charges.charge_period_start as date)') }}
            else rates.rate_date
        end as x_fx_rate_date,
        case when {{ is_reporting_currency('charges.billing_currency') }} then 'same_currency' else rates.rate_source end as x_fx_rate_source,
        not {{ is_reporting_currency('charges.billing_currency') }} and rates.is_virtual_currency as x_is_virtual_currency
    from charges
    left join {{ ref('int_charges__rates') }} as rates
        on
            charges.billing_currency = rates.billing_currency
            and cast(charges.charge_period_start as date) = rates.charge_date

),

converted as (

    select
        *,
        {{ convert_currency('billed_cost', 'x_fx_rate_to_reporting') }} as billed_cost_reporting,
        {{ convert_currency('effective_cost', 'x_fx_rate_to_reporting') }} as effective_cost_reporting,
        {{ convert_currency('list_cost', 'x_fx_rate_to_reporting') }} as list_cost_reporting
    from rated

)

select * from converted
