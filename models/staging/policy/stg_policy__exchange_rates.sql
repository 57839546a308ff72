-- Grain: one row per currency pair and interval.
with

source as (

    select * from {{ landing('policy', 'exchange_rates') }}

)

select
    'policy_exchange_rates' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['from_currency is null', "'from_currency is empty: it is needed. Write an ISO 4217 code'"],
        ['to_currency is null', "'to_currency is empty: it is needed. Write an ISO 4217 code'"],
        ['rate is null or rate <= 0', bad_value('rate', 'a number above 0 is needed', 'Write units of to_currency for one of from_currency')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    upper(trim(from_currency)) as from_currency,
    upper(trim(to_currency)) as to_currency,

    valid_from,
    valid_to,
    rate,
    source,
    comment
from source
