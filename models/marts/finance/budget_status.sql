-- Grain: one row per budget and period, and per month, team and feature whose spend no budget covers (budget_id null).
-- Conserves: per month the effective cost of fct_cost_allocations is what at least one budget covers and the rows without a budget.
with

periods as (

    select
        *,
        cast(budget_amount_reporting - spent_reporting as decimal(38, 12)) as remaining_reporting,
        -- Estimates know tokens only: from the last billed day on the burn rate speaks for the whole scope.
        case
            when unbilled_days > 0 then cast(spent_reporting - estimated_reporting + burn_rate_reporting * unbilled_days as decimal(38, 12))
            else spent_reporting
        end as projected_reporting
    from {{ ref('int_budgets__periods') }}

),

exhausted as (

    select
        *,
        case
            when spent_reporting > budget_amount_reporting then passed_on
            when unbilled_days > 0 and projected_reporting > budget_amount_reporting
                then {{ plus_days(
                    'greatest(window_start, ' ~ plus_days('billed_through', 1) ~ ')',
                    "cast(floor((budget_amount_reporting - spent_reporting + estimated_reporting) / burn_rate_reporting) as integer)"
                ) }}
        end as exhausted_on
    from periods

),

-- Spend no budget of its day covers, whatever other days are covered.
uncovered as (

    select
        spend.usage_date,
        spend.team,
        spend.feature,
        spend.effective_cost_reporting,
        spend.estimated_cost_reporting
    from {{ ref('int_budgets__spend_daily') }} as spend
    where
        spend.outcome_type is null
        and not exists (
            select 1
            from {{ ref('int_budgets__segments') }} as segments
            where
                {{ is_in_budget('segments', 'spend') }}
                and spend.usage_date >= segments.segment_start
                and spend.usage_date < segments.segment_end
        )

)

select
    budget_id,
    period,
    period_start,
    window_start,
    window_end,
    team,
    feature,
    outcome_type,
    currency as budget_currency,
    budget_amount,
    budget_amount_reporting,
    spent_reporting,
    estimated_reporting,
    remaining_reporting,
    cast(spent_reporting as double) / nullif(cast(budget_amount_reporting as double), 0) as spent_share,
    burn_rate_reporting,
    projected_reporting,
    exhausted_on,
    case
        when budget_amount_reporting is null then 'no_exchange_rate'
        when window_start > as_of then 'not_started'
        when spent_reporting > budget_amount_reporting then 'exceeded'
        when not has_spend then 'no_spend'
        when unbilled_days <= 0 then 'kept'
        when projected_reporting > budget_amount_reporting then 'projected_over'
        when spent_reporting >= warn_share * budget_amount_reporting then 'warning'
        else 'on_track'
    end as status
from exhausted
union all
select
    cast(null as varchar) as budget_id,
    'monthly' as period,
    cast(date_trunc('month', usage_date) as date) as period_start,
    cast(date_trunc('month', usage_date) as date) as window_start,
    cast(date_trunc('month', usage_date) + interval '1' month as date) as window_end,
    team,
    feature,
    cast(null as varchar) as outcome_type,
    cast(null as varchar) as budget_currency,
    cast(null as decimal(38, 12)) as budget_amount,
    cast(null as decimal(38, 12)) as budget_amount_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as spent_reporting,
    cast(sum(estimated_cost_reporting) as decimal(38, 12)) as estimated_reporting,
    cast(null as decimal(38, 12)) as remaining_reporting,
    cast(null as double) as spent_share,
    cast(null as decimal(38, 12)) as burn_rate_reporting,
    cast(null as decimal(38, 12)) as projected_reporting,
    cast(null as date) as exhausted_on,
    'no_budget' as status
from uncovered
group by cast(date_trunc('month', usage_date) as date), cast(date_trunc('month', usage_date) + interval '1' month as date), team, feature
