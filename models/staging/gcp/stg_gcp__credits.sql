-- Grain: one row per line of a Google Cloud usage cost export that carries credits which are a payment or a margin and no price: promotions, reseller margin, subscription benefits.
-- Conserves: billed_cost is the sum of those credits; with stg_gcp__billing_exports it sums to cost plus all credits.
with

lines as (

    select * from {{ ref('stg_gcp__billing_exports') }}

)

select
    {{ charge_columns_with({
        'x_row_part': '1',
        'charge_category': "'Credit'",
        'charge_class': 'cast(null as varchar)',
        'charge_frequency': "'One-Time'",
        'charge_description': 'x_separate_credit_names',
        'x_charge_kind': "'credit'",
        'pricing_category': 'cast(null as varchar)',
        'commitment_discount_id': 'cast(null as varchar)',
        'commitment_discount_type': 'cast(null as varchar)',
        'commitment_discount_status': 'cast(null as varchar)',
        'billed_cost': 'x_separate_credit_amount',
        'effective_cost': 'x_separate_credit_amount',
        'list_cost': 'x_separate_credit_amount',
        'contracted_cost': 'x_separate_credit_amount',
        'x_credit_amount': 'cast(null as decimal(38, 12))',
        'consumed_quantity': 'cast(null as decimal(38, 12))',
        'consumed_unit': 'cast(null as varchar)',
        'pricing_quantity': 'cast(null as decimal(38, 12))',
        'pricing_unit': 'cast(null as varchar)',
    }) }}
from lines
where x_separate_credit_amount is not null
