{{ config(materialized='view') }}
-- Grain: one row per billed line that counts and epoch, with the amounts it speaks for.
-- Conserves: billed cost of what is in force, of a pair the actual export's; effective cost likewise, of a pair the amortised export's.
with

charges as (

    select * from {{ ref('int_charges__in_force') }}

),

pairs as (

    select * from {{ ref('int_charges__pairs') }}

),

settled as (

    select
        {{ settled_columns('charges', 'pairs') }},
        charges.sku_hash,
        charges.epoch,
        charges.billing_month,
        charges.posted_month
    from charges
    left join pairs
        on
            charges.x_source_file = pairs.x_source_file
            and charges.x_source_row_number = pairs.x_source_row_number
            and charges.x_row_part = pairs.x_row_part
            and charges.epoch = pairs.epoch
    where pairs.speaks_for is distinct from 'twin'

)

select * from settled
