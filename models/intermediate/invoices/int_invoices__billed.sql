-- Grain: one row per billing account, invoice and currency of the bills; lines that name no invoice per billing account, currency, issuer and billing month.
-- Conserves: the billed cost of every charge.
with

charges as (

    select
        *,
        {{ account_name('billing_account_id') }} as account_key,
        upper(trim(invoice_id)) as invoice_key,
        {{ provider_code('invoice_issuer_name') }} as issuer,
        lower(charge_category) as category
    from {{ ref('int_charges__totals') }}

),

keyed as (

    select
        *,
        case when invoice_key is null then issuer end as unnamed_issuer,
        case when invoice_key is null then billing_month end as unnamed_month
    from charges

)

select
    account_key,
    invoice_key,
    billing_currency,
    unnamed_issuer,
    unnamed_month,
    min(invoice_id) as invoice_id,
    min(billing_account_id) as billing_account_id,
    min(invoice_issuer_name) as invoice_issuer_name,
    min(issuer) as provider,
    min(billing_month) as billing_month,
    cast(sum(charge_lines) as bigint) as bill_lines,
    cast(sum(case when category = 'tax' then charge_lines else 0 end) as bigint) as tax_lines,
    cast(sum(case when category = 'credit' then charge_lines else 0 end) as bigint) as credit_lines,
    cast(sum(billed_cost) as decimal(38, 12)) as billed_cost,
    cast(sum(case when category = 'tax' then billed_cost else 0 end) as decimal(38, 12)) as tax_billed_cost,
    cast(sum(case when category = 'credit' then billed_cost else 0 end) as decimal(38, 12)) as credit_billed_cost
from keyed
group by account_key, invoice_key, billing_currency, unnamed_issuer, unnamed_month
