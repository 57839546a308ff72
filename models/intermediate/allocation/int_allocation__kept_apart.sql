-- Grain: one row per pool that a dated policy rule keeps apart from every team.
-- What is kept apart is decided before anything is placed: tax with its account's owner on it is still tax.
with

charges as (

    select *
    from {{ ref('int_charges__pools') }}
    where
        x_charge_kind <> 'usage'
        and not is_unused_commitment

),

rules as (

    {{ match_allocation_rule('charges', 'shared') }}

)

select
    pool_id,
    rule_id
from rules
where method = 'keep_apart'
