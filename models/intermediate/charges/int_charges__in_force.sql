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
    left join preceded
        on
            stated.epoch = preceded.epoch
            and stated.x_source = preceded.x_source
            and stated.provider is not distinct from preceded.provider
            and stated.billing_account_id is not distinct from preceded.billing_account_id
            and stated.sub_account_id is not distinct from preceded.sub_account_id
            and stated.billing_period_start = preceded.billing_period_start
            and stated.service_name is not distinct from preceded.service_name
    where preceded.epoch is null

)

select * from counting
