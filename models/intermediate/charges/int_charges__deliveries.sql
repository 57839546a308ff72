-- Grain: one row per delivery of one report, billing account, billing period and currency.
-- The last statement counts, once: a restated period replaces the earlier delivery of the same report, and a month may go down.
with

charges as (

    select * from {{ ref('int_charges__unioned') }}

),

delivered as (

    select
        x_source,
        x_report,
        provider,
        billing_account_id,
        billing_period_start,
        x_delivery,
        billing_currency,
        max(x_delivered_at) as x_delivered_at,
        count(*) as lines,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from charges
    group by x_source, x_report, provider, billing_account_id, billing_period_start, x_delivery, billing_currency

),

-- One folder is one delivery, in every currency it holds; its newest file dates it.
ranked as (

    select
        *,
        dense_rank() over (
            partition by x_source, x_report, provider, billing_account_id, billing_period_start
            order by delivery_delivered_at desc, x_delivery desc
        ) as delivery_rank
    from (
        select
            *,
            max(x_delivered_at) over (
                partition by x_source, x_report, provider, billing_account_id, billing_period_start, x_delivery
            ) as delivery_delivered_at
        from delivered
    ) as dated

)

select
    {{ surrogate_key(['x_source', 'x_report', 'provider', 'billing_account_id', 'billing_period_start', 'x_delivery', 'billing_currency']) }} as delivery_id,
    x_source,
    x_report,
    provider,
    billing_account_id,
    billing_period_start,
    x_delivery,
    billing_currency,
    x_delivered_at,
    lines,
    billed_cost,
    effective_cost,
    delivery_rank = 1 as is_latest
from ranked
