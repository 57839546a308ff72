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
        {% for column in ['x_charge_id'] + charge_columns() -%}
        {% if column == 'billed_cost' -%}
        case when pairs.speaks_for = 'effective' then cast(0 as decimal(38, 12)) else charges.billed_cost end as billed_cost,
        {% elif column in ['effective_cost', 'list_cost', 'contracted_cost'] -%}
        case when pairs.speaks_for = 'billed' then cast(0 as decimal(38, 12)) else charges.{{ column }} end as {{ column }},
        {% else -%}
        charges.{{ column }},
        {% endif -%}
        {% endfor -%}
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
