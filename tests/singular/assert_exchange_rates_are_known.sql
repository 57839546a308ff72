-- A missing rate is an error, not a guess: name the pair and the first and last day it is missing for.
-- Fix: add a row (from_currency, to_currency, valid_from, valid_to, rate, source) to exchange_rates.csv in the policy folder.
select
    billing_currency as from_currency,
    '{{ var("reporting_currency") }}' as to_currency,
    min(cast(charge_period_start as date)) as first_day,
    max(cast(charge_period_start as date)) as last_day,
    count(*) as charges
from {{ ref('int_charges__converted') }}
where x_fx_rate_to_reporting is null
group by billing_currency
