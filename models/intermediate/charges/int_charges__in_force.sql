{{ config(materialized='view') }}
-- Grain: one row per billed line and epoch in which its delivery was the last word and no other bill stated its spend.
-- A line without epochs was replaced before the first close, or is another bill's spend: uncounted_charges lists it. With no closed month there is one epoch, today.
with

charges as (

    select * from {{ ref('int_charges__unioned') }}

),

statements as (

    select * from {{ ref('int_closing__statements') }}
    where is_in_force

),

-- A superseded delivery's lines leave here on purpose.
stated as (

    select
        charges.*,
        statements.epoch,
        statements.posted_month,
        statements.billing_month
    from charges
    inner join statements on {{ same_delivery('charges', 'statements') }}

),

preceded as (

    select *
    from {{ ref('int_charges__precedence') }}

),

counting as (

    select stated.*
    from stated
    left join preceded on {{ same_spend('stated', 'preceded') }}
    where preceded.epoch is null

)

select * from counting
