-- Grain: one row per billing month, provider, layer, cost basis, whether calls explain the cost, and reason.
-- Conserves: the token cost of fct_cost_allocations. What stands under `calls` is the total of call_costs; the rest has no call that could carry it, and says why.
with

explained as (

    select distinct pool_id from {{ ref('int_inference__placed_costs') }}

),

allocations as (

    select
        allocations.billing_month,
        allocations.provider,
        allocations.layer,
        allocations.cost_basis,
        case
            when allocations.cost_basis = 'estimated' or (explained.pool_id is not null and allocations.allocation_step <> 'idle') then 'calls'
            else 'no_calls'
        end as explained_by,
        coalesce(allocations.reason, allocations.allocation_step || '_' || lower(coalesce(allocations.charge_category, 'charge'))) as reason,
        allocations.billed_cost_reporting,
        allocations.effective_cost_reporting
    from {{ ref('fct_cost_allocations') }} as allocations
    left join explained on allocations.pool_id = explained.pool_id
    where
        allocations.layer in ('inference', 'agents')
        or allocations.token_kind is not null

)

select
    billing_month,
    provider,
    layer,
    cost_basis,
    explained_by,
    case when explained_by = 'no_calls' then reason end as reason,
    cast(sum(billed_cost_reporting) as decimal(38, 12)) as billed_cost_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting
from allocations
group by all
