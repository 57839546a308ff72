-- Law 3 for budgets: each budget holds the ledger's spend of its scope and days, and what no budget covers is on rows of its own. Worked out anew from policy and ledger.
-- A returned row is a budget and period (or no budget and a month) whose spend is another in budget_status, or a budget that has no row at all.
with

renames as (

    {{ current_teams() }}

),

ledger as (

    select
        allocations.usage_date,
        coalesce(renames.renamed_to, allocations.team) as team,
        allocations.feature,
        sum(allocations.effective_cost_reporting) as cost
    from {{ ref('fct_cost_allocations') }} as allocations
    left join renames on allocations.team = renames.team
    group by all

),

budgets as (

    select
        budgets.*,
        coalesce(renames.renamed_to, budgets.team) as current_team
    from {{ ref('stg_policy__budgets') }} as budgets
    left join renames on budgets.team = renames.team
    where budgets.x_quarantine_reason is null

),

matched as (

    select
        ledger.*,
        budgets.budget_id,
        case budgets.period when 'yearly' then date_trunc('year', ledger.usage_date) else date_trunc('month', ledger.usage_date) end as period_start
    from ledger
    left join budgets
        on
            budgets.outcome_type is null
            and coalesce(budgets.current_team, ledger.team) = ledger.team
            and coalesce(budgets.feature, ledger.feature) = ledger.feature
            and ledger.usage_date >= coalesce(budgets.valid_from, date '1900-01-01')
            and ledger.usage_date < coalesce(budgets.valid_to, date '9999-12-31')

),

expected as (

    select
        budget_id,
        period_start,
        sum(cost) as cost
    from matched
    group by budget_id, period_start

),

found as (

    select
        budget_id,
        period_start,
        sum(spent_reporting) as cost
    from {{ ref('budget_status') }}
    where outcome_type is null
    group by budget_id, period_start

)

select
    coalesce(expected.budget_id, found.budget_id) as budget_id,
    coalesce(expected.period_start, found.period_start) as period_start,
    expected.cost as ledger_cost,
    found.cost as budget_cost
from expected
full join found
    on
        expected.budget_id is not distinct from found.budget_id
        and expected.period_start = found.period_start
where coalesce(expected.cost, 0) <> coalesce(found.cost, 0)
union all
select distinct
    budgets.budget_id,
    cast(null as date) as period_start,
    cast(null as decimal(38, 12)) as ledger_cost,
    cast(null as decimal(38, 12)) as budget_cost
from budgets
left join {{ ref('budget_status') }} as statuses on budgets.budget_id = statuses.budget_id
where statuses.budget_id is null
