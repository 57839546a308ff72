-- Grain: one row per hour, billed GPU resource, rung of the ladder, owner, currency and ladder step.
-- Conserves: every amount of the GPU pools of the ledger. The rungs of a machine add up to its bill, exactly.
with

rungs as (

    select * from {{ ref('int_gpu__rungs') }}

),

pools as (

    select * from {{ ref('int_charges__pools') }}

)

select
    rungs.usage_hour,
    pools.billing_month,
    pools.provider,
    pools.sub_account_id,
    pools.region_id,
    pools.resource_key as resource_id,
    pools.instance_type as x_instance_type,
    rungs.rung,
    rungs.allocation_step,
    rungs.rule_id,
    rungs.team,
    rungs.feature,
    pools.billing_currency,
    {% for amount in money_columns() -%}
    cast(sum(rungs.{{ amount }}) as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    cast(sum(rungs.units) as decimal(38, 6)) as driver_units
from rungs
left join pools on rungs.pool_id = pools.pool_id
group by all
