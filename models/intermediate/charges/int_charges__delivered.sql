-- Grain: one row per delivery, statement, account, thing sold and currency, with the lines and amounts it brought. The one pass over all lines that settles what counts, and
-- what there is to classify.
-- Conserves: billed and effective cost of int_charges__unioned.
select
    x_source,
    x_report,
    x_delivery,
    x_cost_dataset,
    billing_account_id,
    sub_account_id,
    billing_period_start,
    x_statement,
    sku_hash,
    {{ sku_columns() | join(',
    ') }},
    billing_currency,
    max(x_delivered_at) as x_delivered_at,
    cast(min(charge_period_start) as date) as first_date,
    cast(max(charge_period_start) as date) as last_date,
    count(*) as lines,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost
from {{ ref('int_charges__unioned') }}
group by all
