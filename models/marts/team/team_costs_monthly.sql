-- Grain: one row per billing month, team, layer, provider, billing currency and cost basis.
-- Conserves: every amount of fct_cost_allocations.
with

allocations as (

    select * from {{ ref('fct_cost_allocations') }}

)

select
    billing_month,
    team,
    layer,
    provider,
    billing_currency,
    cost_basis,
    {{ sum_money() }}
from allocations
group by billing_month, team, layer, provider, billing_currency, cost_basis
