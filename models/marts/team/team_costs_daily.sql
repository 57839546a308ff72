-- Grain: one row per day, team, layer, provider, billing currency and cost basis.
-- Conserves: every amount of fct_cost_allocations.
with

allocations as (

    select * from {{ ref('fct_cost_allocations') }}

)

select
    usage_date,
    team,
    layer,
    provider,
    billing_currency,
    cost_basis,
    {{ sum_money() }}
from allocations
group by usage_date, team, layer, provider, billing_currency, cost_basis
