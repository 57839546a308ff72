-- Grain: one row per delivery, statement, account, service and currency, with the lines and amounts it brought. The one pass over all lines that settles what counts.
-- Conserves: billed and effective cost of int_charges__unioned.
select
    x_source,
    x_report,
    x_delivery,
    x_cost_dataset,
    provider,
    billing_account_id,
    sub_account_id,
    billing_period_start,
    x_statement,
    service_name,
    billing_currency,
    max(x_delivered_at) as x_delivered_at,
    count(*) as lines,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost
from {{ ref('int_charges__unioned') }}
group by all
