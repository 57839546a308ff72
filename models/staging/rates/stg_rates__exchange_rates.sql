-- Grain: one row per currency pair and interval as delivered.
with

source as (

    select * from {{ landing('rates', 'exchange_rates') }}

),

parsed as (

    select
        *,
        {{ to_money('rate') }} as parsed_rate,
        cast({{ to_utc_timestamp('valid_from') }} as date) as first_day,
        cast({{ to_utc_timestamp('valid_to') }} as date) as end_day
    from source

)

select
    'exchange_rates' as x_source,
    x_source_file,
    x_source_row_number,
    x_delivered_at,
    {{ first_reason([
        ['from_currency is null', "'from_currency is empty: it is needed. Write an ISO 4217 code'"],
        ['to_currency is null', "'to_currency is empty: it is needed. Write an ISO 4217 code'"],
        ['parsed_rate is null or parsed_rate <= 0', bad_value('rate', 'a number above 0 is needed', 'Write units of to_currency for one of from_currency')],
        ['first_day is null', bad_value('valid_from', 'a date is needed', 'Write the first day of the rate as 2026-08-01')],
        ['valid_to is not null and end_day is null', bad_value('valid_to', 'a date is needed', 'Write the first day the rate no longer holds as 2026-09-01, or leave it empty')],
        ['end_day <= first_day', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    upper(trim(from_currency)) as from_currency,
    upper(trim(to_currency)) as to_currency,

    first_day as valid_from,
    end_day as valid_to,
    cast(parsed_rate as decimal(38, 18)) as rate,
    source,
    comment
from parsed
