{{ config(materialized='view') }}
-- Grain: one row per bill line and ledger row of its pool, two where the line is an unused commitment's fee (Purchase, and Usage with status Unused).
-- Conserves: billed, effective, list and contracted cost of every line of fct_charges, and the billed rows of fct_cost_allocations, exactly.
-- The ledger in the columns of FOCUS 1.4, with the split-cost columns of 1.3, and valid for readers of 1.2. A view: nothing is copied.
with

shares as (

    select * from {{ ref('int_lineage__line_shares') }}

),

statements as (

    select * from {{ ref('int_focus__charges') }}

),

stated as (

    select
        shares.allocation_id,
        shares.line_share,
        shares.pool_id,
        statements.*,
        case when statements.part = 'unused' then cast(0 as decimal(38, 12)) else shares.billed_cost end as billed_cost,
        {% for amount in ['effective_cost', 'list_cost', 'contracted_cost'] -%}
        case when statements.part = 'purchase' then cast(0 as decimal(38, 12)) else shares.{{ amount }} end as {{ amount }},
        {% endfor -%}
        case statements.quantity_basis when 'billed' then shares.pricing_quantity when 'line' then shares.line_share end as pricing_quantity,
        case statements.consumed_basis when 'billed' then shares.consumed_quantity when 'line' then shares.line_share end as consumed_quantity
    from shares
    left join statements on shares.x_charge_id = statements.x_charge_id

),

-- Everything a line says of itself, the same on all its parts.
described as (

    select
        stated.* exclude (consumed_unit),
        case stated.consumed_basis when 'billed' then coalesce(stated.consumed_unit, 'Units') when 'line' then 'Lines' end as consumed_unit,
        {% for column in [
            'billing_account_id', 'sub_account_id', 'billing_currency', 'billing_period_start', 'billing_period_end', 'charge_period_start', 'charge_period_end', 'invoice_id',
            'commitment_discount_id', 'region_id', 'resource_id', 'x_source_file', 'x_source_row_number',
        ] -%}
        charges.{{ column }},
        {% endfor -%}
        {% for column in ['service_provider_name', 'host_provider_name', 'invoice_issuer_name'] -%}
        coalesce(charges.{{ column }}, charges.provider) as {{ column }},
        {% endfor -%}
        coalesce(charges.sub_account_name, charges.sub_account_id) as sub_account_name,
        coalesce(charges.pricing_currency, charges.billing_currency) as pricing_currency,
        coalesce(charges.pricing_currency = charges.billing_currency, true) as is_priced_in_billing_currency,
        case charges.provider when 'aws' then 'Management Account' else 'Billing Account' end as billing_account_type,
        case
            when charges.sub_account_id is not null
                then case charges.provider when 'aws' then 'Account' when 'azure' then 'Subscription' when 'gcp' then 'Project' else 'Sub Account' end
        end as sub_account_type,
        case when stated.part = 'purchase' then cast(0 as decimal(38, 12)) else charges.list_cost end as line_list_cost,
        case when stated.part = 'purchase' then cast(0 as decimal(38, 12)) else charges.contracted_cost end as line_contracted_cost,
        case when stated.quantity_basis = 'billed' then charges.pricing_quantity else cast(1 as decimal(38, 12)) end as line_quantity
    from stated
    left join {{ ref('fct_charges') }} as charges on stated.x_charge_id = charges.x_charge_id

),

paid as (

    select
        described.*,
        {{ focus_unit_price('line_list_cost', 'line_quantity') }} as list_unit_price,
        {{ focus_unit_price('line_contracted_cost', 'line_quantity') }} as contracted_unit_price,
        case
            when described.commitment_quantity_kind = 'Usage' then described.pricing_quantity
            when described.commitment_quantity_kind = 'Spend' then case when described.charge_category = 'Purchase' then described.billed_cost else described.effective_cost end
        end as commitment_discount_quantity,
        case described.commitment_quantity_kind when 'Usage' then described.pricing_unit when 'Spend' then described.billing_currency end as commitment_discount_unit,
        {{ focus_consumer_columns('ledger') }}
    from described
    left join {{ ref('fct_cost_allocations') }} as ledger on described.allocation_id = ledger.allocation_id

),

-- A price in another currency than the bill's is not ours to convert.
finished as (

    select
        {% for column in ['effective_cost', 'list_unit_price', 'contracted_unit_price'] -%}
        case when is_priced_in_billing_currency then {{ column }} end as pricing_currency_{{ column }},
        {% endfor -%}
        *
    from paid

)

select
    {{ focus_select_list() }}
from finished
