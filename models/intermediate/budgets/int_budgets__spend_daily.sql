-- Grain: one row per day, team and feature, and per month, feature and outcome type, dated on the last day of it that has any cost.
-- Conserves: effective_cost_reporting of fct_cost_allocations in the rows without an outcome type, estimates included and told apart. What outcomes cost is the same money again.
-- A team that was renamed is one team, under the name it has now.
with

renames as (

    {{ current_teams() }}

),

ledger as (

    select
        allocations.usage_date,
        coalesce(renames.renamed_to, allocations.team) as team,
        allocations.feature,
        cast(null as varchar) as outcome_type,
        max(allocations.cost_basis = 'billed') as is_billed,
        cast(sum(allocations.effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
        cast(sum(case when allocations.cost_basis = 'estimated' then allocations.effective_cost_reporting else 0 end) as decimal(38, 12)) as estimated_cost_reporting
    from {{ ref('fct_cost_allocations') }} as allocations
    left join renames on allocations.team = renames.team
    group by allocations.usage_date, coalesce(renames.renamed_to, allocations.team), allocations.feature

),

month_ends as (

    select
        cast(date_trunc('month', usage_date) as date) as outcome_month,
        max(usage_date) as last_day
    from ledger
    group by cast(date_trunc('month', usage_date) as date)

)

select * from ledger
union all
select
    month_ends.last_day as usage_date,
    cast(null as varchar) as team,
    costs.feature,
    costs.outcome_type,
    costs.effective_cost_reporting <> costs.estimated_cost_reporting as is_billed,
    costs.effective_cost_reporting,
    costs.estimated_cost_reporting
from {{ ref('outcome_costs_monthly') }} as costs
left join month_ends on costs.outcome_month = month_ends.outcome_month
where costs.outcome_type <> 'none'
