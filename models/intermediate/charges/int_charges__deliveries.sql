-- Grain: one row per delivery of one statement (a billing period, or what x_statement names) of one billing account and currency.
-- The last statement counts, once: a restated period replaces the earlier delivery of the same charges, and a month may go down.
-- A newer delivery replaces an older one when it speaks of the same things: of at least half of its cells. A cell is a (sub account, day) of
-- one report, and between reports of other names a (sub account, service, SKU, category, resource, day), since those may be parts of one bill.
-- What x_statement names is stated as a whole: one cell, so that whatever left it (a workspace that spent nothing after all) leaves with it.
with

delivered as (

    select
        {% for column in delivery_columns() -%}
        {{ column }},
        {% endfor -%}
        billing_currency,
        {{ surrogate_key(['x_source', 'provider', 'billing_account_id', 'billing_period_start', 'x_statement']) }} as statement_id,
        max(x_delivered_at) as x_delivered_at,
        sum(lines) as lines,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('int_charges__delivered') }}
    group by all

),

-- One folder is one delivery, in every currency it holds; its newest file dates it, and its name settles a tie.
numbered as (

    select
        statement_id,
        x_delivery,
        max(x_delivered_at) as x_delivered_at,
        row_number() over (partition by statement_id order by max(x_delivered_at) asc, x_delivery asc) as delivery_number,
        count(*) over (partition by statement_id) as deliveries
    from delivered
    group by statement_id, x_delivery

),

-- Only what was delivered more than once has anything to settle.
contested_deliveries as (

    select distinct
        {% for column in delivery_columns() -%}
        delivered.{{ column }},
        {% endfor -%}
        numbered.statement_id,
        numbered.delivery_number
    from delivered
    inner join numbered
        on
            delivered.statement_id = numbered.statement_id
            and delivered.x_delivery = numbered.x_delivery
    where numbered.deliveries > 1

),

contested as (

    select
        charges.*,
        deliveries.statement_id,
        deliveries.delivery_number
    from {{ ref('int_charges__unioned') }} as charges
    inner join contested_deliveries as deliveries on {{ same_delivery('charges', 'deliveries') }}

),

cells as (

    {% for kind, parts in [('report', ['x_report']), ('line', ['service_name', 'x_sku_text', 'charge_category', 'resource_id'])] -%}
    select distinct
        statement_id,
        x_delivery,
        delivery_number,
        '{{ kind }}' as cell_kind,
        case
            when x_statement is null then {{ surrogate_key(['sub_account_id', 'cast(charge_period_start as date)'] + parts) }}
            else 'whole'
        end as cell
    from contested
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

sizes as (

    select
        statement_id,
        x_delivery,
        cell_kind,
        count(*) as cells
    from cells
    group by statement_id, x_delivery, cell_kind

),

covered as (

    select
        older.statement_id,
        older.x_delivery,
        newer.x_delivery as newer_delivery
    from cells as older
    inner join cells as newer
        on
            older.statement_id = newer.statement_id
            and older.cell_kind = newer.cell_kind
            and older.cell = newer.cell
            and older.delivery_number < newer.delivery_number
    inner join sizes
        on
            older.statement_id = sizes.statement_id
            and older.x_delivery = sizes.x_delivery
            and older.cell_kind = sizes.cell_kind
    group by older.statement_id, older.x_delivery, newer.x_delivery, older.cell_kind, sizes.cells
    having 2 * count(*) >= sizes.cells

),

-- From when on a newer delivery speaks for it.
replaced as (

    select
        covered.statement_id,
        covered.x_delivery,
        min(numbered.x_delivered_at) as replaced_at
    from covered
    inner join numbered
        on
            covered.statement_id = numbered.statement_id
            and covered.newer_delivery = numbered.x_delivery
    group by covered.statement_id, covered.x_delivery

)

select
    {{ surrogate_key(['delivered.statement_id', 'delivered.x_report', 'delivered.x_delivery', 'delivered.billing_currency']) }} as delivery_id,
    delivered.*,
    {{ billing_month('delivered.billing_period_start') }} as billing_month,
    replaced.replaced_at,
    replaced.x_delivery is null as is_latest
from delivered
left join replaced
    on
        delivered.statement_id = replaced.statement_id
        and delivered.x_delivery = replaced.x_delivery
