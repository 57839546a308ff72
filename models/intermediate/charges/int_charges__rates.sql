-- Grain: one row per billing currency other than the reporting one and day, from the first charge in it to the last.
-- How its amounts become the reporting currency: by which rate, of which day, from where; not at all for a currency that is no money.
with

spans as (

    select
        billing_currency,
        min(first_date) as first_date,
        max(last_date) as last_date
    from {{ ref('int_charges__delivered') }}
    where not {{ is_reporting_currency('billing_currency') }}
    group by billing_currency

),

days as (

    {{ explode_days('spans', 'first_date', 'last_date', ['billing_currency'], 'charge_date') }}

),

dated as (

    select
        *,
        {{ rate_date('charge_date') }} as rate_date
    from days

),

needed as (

    select distinct
        billing_currency as from_currency,
        rate_date
    from dated

),

rates as (

    {{ rates_on_days('needed') }}

),

known as (

    select
        dated.billing_currency,
        dated.charge_date,
        dated.rate_date,
        rates.rate,
        rates.rate_source,
        -- Tokens and credits are bought with money on a line of their own; what they then pay for is that money again.
        currencies.currency_code is null as is_virtual_currency
    from dated
    left join rates
        on
            dated.billing_currency = rates.from_currency
            and dated.rate_date = rates.rate_date
    left join {{ ref('currencies') }} as currencies on dated.billing_currency = currencies.currency_code

)

select
    billing_currency,
    charge_date,
    rate_date,
    case
        when is_virtual_currency then cast(0 as decimal(38, 12))
        else cast(rate as decimal(38, 12))
    end as rate,
    case
        when is_virtual_currency then 'virtual'
        else rate_source
    end as rate_source,
    is_virtual_currency
from known
