-- A reconciliation that compares nothing proves nothing: a provider's month in which the bill has token lines and no metered token of that provider met one of them is a row here.
-- Where telemetry was delivered at all, a provider without any is one too. Look at account ids and model names on both sides: inference_calibration_monthly shows them as not_metered and no_bill_line.
with

months as (

    select
        usage_month,
        provider,
        sum(case when status in ('compared', 'not_explained') then 1 else 0 end) as met_rows,
        sum(case when status = 'not_metered' then 1 else 0 end) as billed_rows,
        sum(case when status = 'no_bill_line' then 1 else 0 end) as metered_rows
    from {{ ref('inference_calibration_daily') }}
    group by usage_month, provider

),

telemetry as (

    select count(*) as hours
    from {{ ref('int_calibration__metered') }}

)

select
    months.*,
    case when months.metered_rows > 0 then 'both sides are there and nothing joined' else 'billed, and nothing metered' end as what_is_wrong
from months
cross join telemetry
where
    months.met_rows = 0
    and months.billed_rows > 0
    and telemetry.hours > 0
