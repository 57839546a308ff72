-- Grain: one row per billing account, invoice and currency of the invoices that were delivered.
-- Conserves: the billed cost of the last statement of every invoice. The newest delivery that speaks of an invoice counts, and in it the newest file that speaks of a line. Voided invoices ask
-- for nothing: their amounts are zero and their status says why.
with

lines as (

    select
        *,
        upper(trim(invoice_id)) as invoice_key,
        {{ account_name('billing_account_id') }} as stated_account_key,
        first_value(x_delivery) over (
            partition by provider, upper(trim(invoice_id))
            order by x_delivered_at desc, x_delivery desc
        ) as newest_delivery
    from {{ ref('stg_focus__invoice_details') }}
    where x_quarantine_reason is null

),

delivered as (

    select
        *,
        first_value(x_source_file) over (
            partition by provider, invoice_key, invoice_detail_id
            order by x_delivered_at desc, x_source_file desc
        ) as newest_file
    from lines
    where x_delivery = newest_delivery

),

-- A list of invoices may leave the account out: the bill that names the invoice knows it.
known_accounts as (

    select
        invoice_key,
        min(account_key) as account_key
    from {{ ref('int_invoices__billed') }}
    where invoice_key is not null
    group by invoice_key
    having count(distinct account_key) = 1

),

counted as (

    select
        delivered.*,
        coalesce(delivered.stated_account_key, known_accounts.account_key) as account_key,
        case when lower(delivered.invoice_issue_status) = 'voided' then cast(0 as decimal(38, 12)) else delivered.billed_cost end as invoiced_cost
    from delivered
    left join known_accounts on delivered.invoice_key = known_accounts.invoice_key
    where delivered.x_source_file = delivered.newest_file

)

select
    account_key,
    invoice_key,
    billing_currency,
    min(invoice_id) as invoice_id,
    min(billing_account_id) as billing_account_id,
    min(invoice_issuer_name) as invoice_issuer_name,
    min(provider) as provider,
    min({{ billing_month('billing_period_start') }}) as billing_month,
    count(*) as invoice_lines,
    count(*) = count(charge_category) as has_categories,
    count(*) filter (where lower(charge_category) = 'tax') as tax_lines,
    count(*) filter (where lower(charge_category) = 'credit') as credit_lines,
    cast(sum(invoiced_cost) as decimal(38, 12)) as invoiced_cost,
    cast(sum(case when lower(charge_category) = 'tax' then invoiced_cost else 0 end) as decimal(38, 12)) as tax_invoiced_cost,
    cast(sum(case when lower(charge_category) = 'credit' then invoiced_cost else 0 end) as decimal(38, 12)) as credit_invoiced_cost,
    lower(min(invoice_issue_status)) as invoice_issue_status,
    min(invoice_issue_date) as invoice_issue_date,
    min(payment_due_date) as payment_due_date,
    min(reference_invoice_id) as reference_invoice_id,
    min(payment_currency) as payment_currency,
    -- Two payment currencies on one invoice are not added.
    case when count(distinct payment_currency) = 1 then cast(sum(payment_currency_billed_cost) as decimal(38, 12)) end as payment_currency_billed_cost
from counted
group by account_key, invoice_key, billing_currency
