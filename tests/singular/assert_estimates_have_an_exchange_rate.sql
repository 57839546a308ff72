-- The price book is in USD: an estimate in another reporting currency needs a rate as a bill does. Names the days and the fix.
select
    'USD -> {{ var("reporting_currency") }}' as currency_pair,
    min(usage_date) as first_day,
    max(usage_date) as last_day,
    count(*) as estimated_rows,
    'Add a row USD,{{ var("reporting_currency") }},' || cast(min(usage_date) as varchar) || ',,<rate> to exchange_rates.csv in the policy folder' as fix
from {{ ref('int_allocation__estimated') }}
where rate is null
having count(*) > 0
