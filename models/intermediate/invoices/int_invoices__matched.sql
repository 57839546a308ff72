-- Grain: one row per invoice of a bill beside the invoice that was delivered for it; one that only one side has keeps its row.
-- Conserves: the billed cost of int_invoices__billed and the invoiced cost of int_invoices__documents. Lines that name no invoice (Azure names none for enterprise agreements) meet the one
-- invoice of their account, month and currency that no line names; where there are two such, nobody guesses.
with

billed as (

    select * from {{ ref('int_invoices__billed') }}

),

documents as (

    select * from {{ ref('int_invoices__documents') }}

),

unnamed as (

    select
        *,
        count(*) over (partition by account_key, billing_currency, billing_month) as rivals
    from billed
    where invoice_key is null

),

named as (

    select distinct
        account_key,
        invoice_key
    from billed

),

unclaimed as (

    select
        documents.account_key,
        documents.billing_currency,
        documents.billing_month,
        documents.invoice_key,
        count(*) over (partition by documents.account_key, documents.billing_currency, documents.billing_month) as rivals
    from documents
    left join named
        on
            documents.account_key = named.account_key
            and documents.invoice_key = named.invoice_key
    where named.invoice_key is null

),

claimed as (

    select
        unnamed.account_key,
        unnamed.billing_currency,
        unnamed.billing_month,
        unclaimed.invoice_key
    from unnamed
    -- Lines without such an invoice keep their row below.
    inner join unclaimed
        on
            unnamed.account_key = unclaimed.account_key
            and unnamed.billing_currency = unclaimed.billing_currency
            and unnamed.billing_month = unclaimed.billing_month
    where
        unnamed.rivals = 1
        and unclaimed.rivals = 1

),

assigned as (

    select
        billed.*,
        coalesce(billed.invoice_key, claimed.invoice_key) as document_key,
        case
            when billed.invoice_key is not null then 'invoice_id'
            when claimed.invoice_key is not null then 'account_and_month'
        end as matched_by
    from billed
    left join claimed
        on
            billed.invoice_key is null
            and billed.account_key = claimed.account_key
            and billed.billing_currency = claimed.billing_currency
            and billed.billing_month = claimed.billing_month

)

select
    coalesce(documents.provider, assigned.provider) as provider,
    coalesce(assigned.invoice_issuer_name, documents.invoice_issuer_name) as invoice_issuer_name,
    coalesce(assigned.account_key, documents.account_key) as account_key,
    coalesce(assigned.billing_account_id, documents.billing_account_id) as billing_account_id,
    coalesce(assigned.invoice_id, documents.invoice_id) as invoice_id,
    coalesce(assigned.document_key, documents.invoice_key) as invoice_key,
    coalesce(assigned.billing_currency, documents.billing_currency) as billing_currency,
    coalesce(assigned.billing_month, documents.billing_month) as billing_month,
    case when documents.invoice_key is not null then assigned.matched_by end as matched_by,
    assigned.account_key is not null as is_billed,
    assigned.invoice_key is not null as is_named_on_the_bill,
    documents.invoice_key is not null as is_delivered,
    coalesce(documents.has_categories, false) as has_categories,
    coalesce(assigned.bill_lines, 0) as bill_lines,
    coalesce(documents.invoice_lines, 0) as invoice_lines,
    {% for kind in ['tax', 'credit'] -%}
    coalesce(assigned.{{ kind }}_lines, 0) as bill_{{ kind }}_lines,
    coalesce(documents.{{ kind }}_lines, 0) as invoice_{{ kind }}_lines,
    cast(coalesce(assigned.{{ kind }}_billed_cost, 0) as decimal(38, 12)) as {{ kind }}_billed_cost,
    cast(coalesce(documents.{{ kind }}_invoiced_cost, 0) as decimal(38, 12)) as {{ kind }}_invoiced_cost,
    {% endfor -%}
    cast(coalesce(assigned.billed_cost, 0) as decimal(38, 12)) as billed_cost,
    cast(coalesce(documents.invoiced_cost, 0) as decimal(38, 12)) as invoiced_cost,
    documents.invoice_issue_status,
    documents.invoice_issue_date,
    documents.payment_due_date,
    documents.reference_invoice_id,
    documents.payment_currency,
    documents.payment_currency_billed_cost
from assigned
full join documents
    on
        assigned.account_key = documents.account_key
        and assigned.document_key = documents.invoice_key
        and assigned.billing_currency = documents.billing_currency
