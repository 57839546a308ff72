{{ config(materialized='view') }}
-- Grain: one row per billed line of a charge that counts.
-- Conserves: the billing-currency amounts; the reporting-currency amounts are a conversion with the rate of the day the charge began.
with

charges as (

    select * from {{ ref('int_charges__counted') }}

),

rates as (

    select
        from_currency,
        valid_from,
        valid_to,
        rate
    from {{ ref('stg_policy__exchange_rates') }}
    where
        to_currency = '{{ var("reporting_currency") }}'
        and x_quarantine_reason is null

),

-- A missing rate leaves the reporting amounts null, and assert_exchange_rates_are_known fails naming pair and date: a guess would be worse.
rated as (

    select
        charges.*,
        case
            when charges.billing_currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(38, 12))
            else rates.rate
        end as x_fx_rate_to_reporting
    from charges
    left join rates
        on
            charges.billing_currency = rates.from_currency
            and cast(charges.charge_period_start as date) >= coalesce(rates.valid_from, date '1900-01-01')
            and cast(charges.charge_period_start as date) < coalesce(rates.valid_to, date '9999-12-31')

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
