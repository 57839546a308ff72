-- A missing rate is an error, not a guess: name the pair, the days it is missing for, what waits for it and the fix.
select
    billing_currency || ' -> {{ var("reporting_currency") }}' as currency_pair,
    min(x_fx_rate_date) as first_day,
    max(x_fx_rate_date) as last_day,
    count(distinct x_fx_rate_date) as days,
    count(*) as bill_lines,
    count(distinct x_source_file) as files,
    min(x_source_file) as first_file,
    'Add a row ' || billing_currency || ',{{ var("reporting_currency") }},' || cast(min(x_fx_rate_date) as varchar) || ',' || cast(cast(max(x_fx_rate_date) + interval '1' day as date) as varchar)
    || ',<rate> to exchange_rates.csv in the policy folder, or a file of rates to the landing folder exchange_rates' as fix
from {{ ref('int_charges__converted') }}
where x_fx_rate_to_reporting is null
group by billing_currency
