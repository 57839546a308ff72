-- Grain: one row per issuer, billing account, invoice, commitment, charge category, currency and billing month.
-- Conserves: every amount of int_charges__converted. The one pass over the lines that invoices and commitments need.
select
    provider,
    invoice_issuer_name,
    billing_account_id,
    invoice_id,
    billing_currency,
    {{ billing_month('billing_period_start') }} as billing_month,
    charge_category,
    {{ commitment_name('commitment_discount_id') }} as commitment_discount_id,
    commitment_discount_type,
    commitment_discount_status,
    {% for amount in money_columns() -%}
    cast(sum({{ amount }}) as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    count(*) as charge_lines
from {{ ref('int_charges__converted') }}
group by all
