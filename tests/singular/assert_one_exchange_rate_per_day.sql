-- Two rates for one pair on one day would double every charge of that day.
select
    one.from_currency,
    one.to_currency,
    one.valid_from,
    two.valid_from as overlapping_valid_from
from {{ ref('stg_policy__exchange_rates') }} as one
inner join {{ ref('stg_policy__exchange_rates') }} as two
    on
        one.from_currency = two.from_currency
        and one.to_currency = two.to_currency
        and one.x_source_row_number < two.x_source_row_number
        and coalesce(one.valid_from, date '1900-01-01') < coalesce(two.valid_to, date '9999-12-31')
        and coalesce(two.valid_from, date '1900-01-01') < coalesce(one.valid_to, date '9999-12-31')
where
    one.x_quarantine_reason is null
    and two.x_quarantine_reason is null
