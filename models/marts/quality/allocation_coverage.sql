-- Grain: one row per billing month, provider, layer, cost basis, ladder step, method, evidence grade and reason.
-- Conserves: the effective cost of fct_cost_allocations. How much is known, how well, and why the rest is not.
with

allocations as (

    select
        billing_month,
        provider,
        layer,
        cost_basis,
        allocation_step,
        allocation_method,
        evidence_grade,
        reason,
        count(*) as allocation_rows,
        cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting
    from {{ ref('fct_cost_allocations') }}
    group by all

),

months as (

    select
        billing_month,
        cost_basis,
        sum(effective_cost_reporting) as effective_cost_reporting
    from allocations
    group by billing_month, cost_basis

)

select
    allocations.*,
    -- Null where the month's total is zero: a share of nothing says nothing.
    cast(allocations.effective_cost_reporting as double) / nullif(cast(months.effective_cost_reporting as double), 0) as month_share
from allocations
left join months
    on
        allocations.billing_month = months.billing_month
        and allocations.cost_basis = months.cost_basis
