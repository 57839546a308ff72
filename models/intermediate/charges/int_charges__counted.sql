{{ config(materialized='view') }}
-- Grain: one row per billed line that counts: each month as it was closed, or as it stands while open, and adjusting entries for what changed after a close.
-- Conserves: summed over all months, what the last statements say today.
-- What does not count is left out by left joins to what is mostly empty, so that a query over the lines pays for none of it: replaced deliveries, spend that another bill
-- states, twins of a pair. int_charges__settled says the same of every epoch.
with

charges as (

    select * from {{ ref('int_charges__unioned') }}

),

replaced as (

    select * from {{ ref('int_closing__statements') }}
    where
        epoch = 0
        and not is_in_force

),

preceded as (

    select * from {{ ref('int_charges__precedence') }}
    where epoch = 0

),

pairs as (

    select * from {{ ref('int_charges__pairs') }}
    where epoch = 0

),

-- A superseded delivery's lines leave here on purpose.
originals as (

    select
        {{ settled_columns('charges', 'pairs') }},
        charges.sku_hash,
        'original' as x_entry_kind,
        {{ billing_month('charges.billing_period_start') }} as x_original_billing_month
    from charges
    left join replaced on {{ same_delivery('charges', 'replaced') }}
    left join preceded on {{ same_spend('charges', 'preceded', epoch_of='preceded') }}
    left join pairs
        on
            charges.x_source_file = pairs.x_source_file
            and charges.x_source_row_number = pairs.x_source_row_number
            and charges.x_row_part = pairs.x_row_part
    where
        replaced.epoch is null
        and preceded.epoch is null
        and pairs.speaks_for is distinct from 'twin'

),

adjustments as (

    select
        x_charge_id,
        {{ charge_columns() | join(',\n        ') }},
        sku_hash,
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
