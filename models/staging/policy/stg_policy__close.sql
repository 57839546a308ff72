-- Grain: one row per billing month that was closed, for one provider or for all.
with

source as (

    select * from {{ landing('policy', 'close') }}

)

select
    'policy_close' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['billing_month is null', "'billing_month is empty or no date: it is needed. Write the first day of the month as YYYY-MM-DD'"],
        ["billing_month <> date_trunc('month', billing_month)", bad_value('billing_month', 'the first day of a month is needed', 'Write it as YYYY-MM-01')],
        ['closed_at is null', "'closed_at is empty or no time: it is needed. Write when the month was closed, UTC, as 2026-10-05T18:00:00Z'"],
        ['closed_at < billing_month', bad_value('closed_at', 'a month can not be closed before it began', 'Correct the month or the time')],
        [repeats(['billing_month', 'lower(trim(provider))']), "'the month is closed in an earlier row: a month closes once. Delete one of the rows'"],
    ]) }} as x_quarantine_reason,

    billing_month,
    lower(trim(provider)) as provider,
    closed_at,
    charges_fingerprint,
    comment
from source
