-- Grain: one row per invoice: billing account, invoice id and currency; lines that name no invoice per billing account, currency, issuer and billing month.
-- Conserves: the billed cost of every charge, and the amount of every invoice that was delivered. Each difference has one cause of a closed list.
with

matched as (

    select
        matched.*,
        periods.billing_period_status,
        -- Half a minor unit on every line is what rounding can do: half a cent, half a yen. Tokens are not rounded.
        case currencies.minor_units when 0 then 0.5 when 2 then 0.005 when 3 then 0.0005 when 4 then 0.00005 else 0 end as half_unit,
        count(*) over (partition by matched.account_key, matched.invoice_key) > 1 and matched.invoice_key is not null as has_other_currency,
        coalesce(max(case when matched.is_delivered then 1 else 0 end) over (partition by matched.provider), 0) = 1 as issuer_sends_invoices
    from {{ ref('int_invoices__matched') }} as matched
    left join {{ ref('int_invoices__periods') }} as periods
        on
            matched.provider = periods.provider
            and matched.billing_month = periods.billing_month
    left join {{ ref('currencies') }} as currencies on matched.billing_currency = currencies.currency_code

),

compared as (

    select
        *,
        invoiced_cost - billed_cost as difference,
        case when has_categories then tax_invoiced_cost - tax_billed_cost end as tax_difference,
        case when has_categories then credit_invoiced_cost - credit_billed_cost end as credit_difference,
        coalesce(billing_period_status = 'open', false) or coalesce(invoice_issue_status = 'open', false) as is_provisional
    from matched

),

-- What would be left of the difference if one side had forgotten all its tax, or all its credits. A total without categories can only have left out what the bill has.
explained as (

    select
        *,
        case
            when has_categories and (bill_tax_lines = 0) <> (invoice_tax_lines = 0) then abs(difference - tax_difference)
            when not has_categories and bill_tax_lines > 0 then abs(difference + tax_billed_cost)
        end as left_without_tax,
        case
            when has_categories and (bill_credit_lines = 0) <> (invoice_credit_lines = 0) then abs(difference - credit_difference)
            when not has_categories and bill_credit_lines > 0 then abs(difference + credit_billed_cost)
        end as left_without_credit
    from compared

)

select
    provider,
    invoice_issuer_name,
    billing_account_id,
    invoice_id,
    billing_currency,
    billing_month,
    billing_period_status,
    matched_by,
    cast(bill_lines as bigint) as bill_lines,
    cast(invoice_lines as bigint) as invoice_lines,
    billed_cost,
    invoiced_cost,
    cast(difference as decimal(38, 12)) as difference,
    cast(tax_difference as decimal(38, 12)) as tax_difference,
    cast(credit_difference as decimal(38, 12)) as credit_difference,
    cast(difference - tax_difference - credit_difference as decimal(38, 12)) as other_difference,
    case
        when is_billed and not is_delivered and has_other_currency then 'currency'
        when is_delivered and not is_billed and has_other_currency then 'currency'
        when difference = 0 then 'tied'
        when not is_billed then 'no_lines'
        when not is_delivered and (is_named_on_the_bill or coalesce(billing_period_status = 'closed', false)) then 'invoice_not_delivered'
        when not is_delivered then 'not_issued'
        when is_provisional then 'period_still_open'
        when left_without_tax <= half_unit * invoice_lines then 'tax_missing'
        when left_without_credit <= half_unit * invoice_lines then 'credit_missing'
        when abs(difference) <= half_unit * bill_lines then 'rounding'
        when left_without_tax <= half_unit * bill_lines then 'tax_missing'
        when left_without_credit <= half_unit * bill_lines then 'credit_missing'
        when difference > 0 then 'lines_missing'
        else 'unexplained'
    end as cause,
    issuer_sends_invoices,
    invoice_issue_status,
    cast(invoice_issue_date as date) as invoice_issue_date,
    cast(payment_due_date as date) as payment_due_date,
    reference_invoice_id,
    payment_currency,
    payment_currency_billed_cost
from explained
