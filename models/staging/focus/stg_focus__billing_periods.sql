-- Grain: one row per issuer and billing period as delivered, every delivery kept.
with

source as (

    select * from {{ landing('focus_invoices', 'billing_periods') }}

),

parsed as (

    select
        *,
        {{ to_utc_timestamp('billing_period_start') }} as period_start,
        {{ to_utc_timestamp('billing_period_end') }} as period_end,
        {{ to_utc_timestamp('billing_period_created') }} as created,
        {{ to_utc_timestamp('billing_period_last_updated') }} as last_updated
    from source

)

select
    'focus_billing_periods' as x_source,
    x_source_file,
    x_source_row_number,
    x_delivery,
    x_delivered_at,
    {{ first_reason([
        ['invoice_issuer_name is null', "'invoice_issuer_name is empty: it is needed. Export InvoiceIssuerName'"],
        ['period_start is null', bad_value('billing_period_start', 'a date is needed', 'Export BillingPeriodStart as 2026-08-01T00:00:00Z')],
        ["lower(trim(billing_period_status)) not in ('open', 'closed') or billing_period_status is null", bad_value('billing_period_status', 'Open or Closed is needed', 'Export BillingPeriodStatus')],
    ]) }} as x_quarantine_reason,

    {{ provider_code('invoice_issuer_name') }} as provider,
    invoice_issuer_name,
    lower(trim(billing_period_status)) as billing_period_status,

    period_start as billing_period_start,
    {{ exclusive_end('period_end') }} as billing_period_end,
    created as billing_period_created,
    last_updated as billing_period_last_updated
from parsed
