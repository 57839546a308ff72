{{ config(materialized='view') }}
-- Grain: one row per billed line that counts: each month as it was closed, or as it stands while open, and adjusting entries for what changed after a close.
-- Conserves: summed over all months, what the last statements say today.
with

originals as (

    select
        x_charge_id,
        {{ charge_columns() | join(',\n        ') }},
        'original' as x_entry_kind,
        billing_month as x_original_billing_month
    from {{ ref('int_charges__settled') }}
    where epoch = 0

),

adjustments as (

    select
        x_charge_id,
        {{ charge_columns() | join(',\n        ') }},
        'adjusting' as x_entry_kind,
        original_billing_month as x_original_billing_month
    from {{ ref('int_closing__adjustments') }}

),

unioned as (

    select * from originals
    union all
    select * from adjustments

)

select * from unioned
