-- Grain: one row per line of an invoice as delivered, or per invoice where a list gives totals alone; every delivery kept.
-- Conserves: billed_cost sums to BilledCost.
with

source as (

    select * from {{ landing('focus_invoices', 'invoice_details') }}

),

parsed as (

    select
        *,
        {{ to_money('billed_cost') }} as billed,
        {{ to_money('payment_currency_billed_cost') }} as billed_in_payment_currency,
        {{ to_utc_timestamp('billing_period_start') }} as period_start,
        {{ to_utc_timestamp('billing_period_end') }} as period_end,
        {{ to_utc_timestamp('invoice_issue_date') }} as issue_date,
        {{ to_utc_timestamp('payment_due_date') }} as due_date,
        {{ to_utc_timestamp('invoice_detail_created') }} as created,
        {{ to_utc_timestamp('invoice_detail_last_updated') }} as last_updated
    from source

)

select
    'focus_invoice_details' as x_source,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    {{ first_reason([
        ['invoice_id is null', "'invoice_id is empty: the number of the invoice is needed. Export InvoiceId'"],
        ['billed is null', bad_value('billed_cost', 'a number is needed', 'Export BilledCost with a decimal point and no thousands separator')],
        ['billing_currency is null', "'billing_currency is empty: an amount without a currency can not be compared. Export BillingCurrency'"],
        ['billing_period_start is not null and period_start is null', bad_value('billing_period_start', 'a date is needed', 'Write the period as 2026-08-01 or 2026-08')],
        ["payment_currency_billed_cost is not null and billed_in_payment_currency is null", bad_value('payment_currency_billed_cost', 'a number is needed', 'Export it with a decimal point and no thousands separator')],
    ]) }} as x_quarantine_reason,

    trim(invoice_id) as invoice_id,
    invoice_detail_id,
    payment_currency_invoice_detail_id,
    trim(reference_invoice_id) as reference_invoice_id,
    {{ provider_code('invoice_issuer_name') }} as provider,
    invoice_issuer_name,
    trim(billing_account_id) as billing_account_id,
    upper(trim(billing_currency)) as billing_currency,
    upper(trim(payment_currency)) as payment_currency,
    charge_category,
    invoice_issue_status,
    invoice_detail_description,
    invoice_detail_grain,
    payment_terms,
    purchase_order_number,

    billed as billed_cost,
    billed_in_payment_currency as payment_currency_billed_cost,

    period_start as billing_period_start,
    {{ exclusive_end('period_end') }} as billing_period_end,
    issue_date as invoice_issue_date,
    due_date as payment_due_date,
    created as invoice_detail_created,
    last_updated as invoice_detail_last_updated
from parsed
