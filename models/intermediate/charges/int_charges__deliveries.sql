-- Grain: one row per delivery of one billing account, billing period and currency.
-- The last statement counts, once: a restated period replaces the earlier delivery of the same charges, and a month may go down.
-- A newer delivery replaces an older one when it speaks of the same things: of at least half of its cells. A cell is a (sub account, day) of
-- one report, and between reports of other names a (sub account, service, SKU, category, resource, day), since those may be parts of one bill.
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
        {{ surrogate_key(['x_source', 'provider', 'billing_account_id', 'billing_period_start']) }} as account_month,
        max(x_delivered_at) as x_delivered_at,
        count(*) as lines,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from charges
    group by x_source, x_report, provider, billing_account_id, billing_period_start, x_delivery, billing_currency

),

-- One folder is one delivery, in every currency it holds; its newest file dates it, and its name settles a tie.
numbered as (

    select
        account_month,
        x_delivery,
        row_number() over (partition by account_month order by max(x_delivered_at) asc, x_delivery asc) as delivery_number,
        count(*) over (partition by account_month) as deliveries
    from delivered
    group by account_month, x_delivery

),

-- Only a month delivered more than once has anything to settle.
contested as (

    select
        charges.*,
        numbered.account_month,
        numbered.delivery_number
    from charges
    inner join numbered
        on
            {{ surrogate_key(['charges.x_source', 'charges.provider', 'charges.billing_account_id', 'charges.billing_period_start']) }} = numbered.account_month
            and charges.x_delivery = numbered.x_delivery
    where numbered.deliveries > 1

),

cells as (

    {% for kind, parts in [('report', ['x_report']), ('line', ['service_name', 'x_sku_text', 'charge_category', 'resource_id'])] -%}
    select distinct
        account_month,
        x_delivery,
        delivery_number,
        '{{ kind }}' as cell_kind,
        {{ surrogate_key(['sub_account_id', 'cast(charge_period_start as date)'] + parts) }} as cell
    from contested
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

sizes as (

    select
        account_month,
        x_delivery,
        cell_kind,
        count(*) as cells
    from cells
    group by account_month, x_delivery, cell_kind

),

covered as (

    select
        older.account_month,
        older.x_delivery
    from cells as older
    inner join cells as newer
        on
            older.account_month = newer.account_month
            and older.cell_kind = newer.cell_kind
            and older.cell = newer.cell
            and older.delivery_number < newer.delivery_number
    inner join sizes
        on
            older.account_month = sizes.account_month
            and older.x_delivery = sizes.x_delivery
            and older.cell_kind = sizes.cell_kind
    group by older.account_month, older.x_delivery, newer.x_delivery, older.cell_kind, sizes.cells
    having 2 * count(*) >= sizes.cells

),

replaced as (

    select distinct
        account_month,
        x_delivery
    from covered

)

select
    {{ surrogate_key(['delivered.x_source', 'delivered.x_report', 'delivered.account_month', 'delivered.x_delivery', 'delivered.billing_currency']) }} as delivery_id,
    delivered.x_source,
    delivered.x_report,
    delivered.provider,
    delivered.billing_account_id,
    delivered.billing_period_start,
    delivered.x_delivery,
    delivered.billing_currency,
    delivered.x_delivered_at,
    delivered.lines,
    delivered.billed_cost,
    delivered.effective_cost,
    replaced.x_delivery is null as is_latest
from delivered
left join replaced
    on
        delivered.account_month = replaced.account_month
        and delivered.x_delivery = replaced.x_delivery
