-- Grain: one row per delivery, account, sub account, service, currency and month whose lines are kept and not counted, with the reason.
-- The loser of every choice stays to be seen: an older delivery, another bill of the same spend, the twin in the other export of a pair.
with

stated as (

    select * from {{ ref('int_closing__stated') }}
    where uncounted_reason is not null

)

select
    x_source,
    x_report,
    x_delivery,
    provider,
    billing_account_id,
    sub_account_id,
    service_name,
    billing_currency,
    original_billing_month as billing_month,
    uncounted_reason as reason,
    rule_id,
    coalesce(counting_source, x_source) as counting_source,
    cast(sum(uncounted_lines) as bigint) as lines,
    cast(sum(uncounted_billed_cost) as decimal(38, 12)) as billed_cost,
    cast(sum(uncounted_effective_cost) as decimal(38, 12)) as effective_cost
from stated
group by all
