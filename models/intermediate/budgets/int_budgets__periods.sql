-- Grain: one row per budget and period, with what was spent of it and how fast its scope spends now.
-- Budgets overlap where their scopes do (a team's and its feature's), so their spend is never added up; a budget nothing was spent of is a row too.
with

segments as (

    select * from {{ ref('int_budgets__segments') }}

),

spend as (

    select * from {{ ref('int_budgets__spend_daily') }}

),

periods as (

    select
        budget_id,
        period,
        team,
        feature,
        outcome_type,
        currency,
        period_start,
        min(segment_start) as window_start,
        max(segment_end) as window_end,
        max_by(warn_share, segment_start) as warn_share,
        cast(sum(segment_amount) as decimal(38, 12)) as budget_amount,
        -- One dated amount without an exchange rate leaves the whole without one.
        case when count(segment_amount_reporting) = count(*) then cast(sum(segment_amount_reporting) as decimal(38, 12)) end as budget_amount_reporting,
        max(as_of) as as_of,
        max(billed_through) as billed_through
    from segments
    group by all

),

days as (

    select
        segments.budget_id,
        segments.period_start,
        spend.usage_date,
        sum(spend.effective_cost_reporting) as spent_reporting,
        sum(spend.estimated_cost_reporting) as estimated_reporting,
        sum(sum(spend.effective_cost_reporting)) over (partition by segments.budget_id, segments.period_start order by spend.usage_date) as spent_so_far_reporting
    from segments
    -- Spend no budget covers leaves here and has rows of its own in budget_status.
    inner join spend on {{ is_in_budget('segments', 'spend') }}
    where
        spend.usage_date >= segments.segment_start
        and spend.usage_date < segments.segment_end
    group by segments.budget_id, segments.period_start, spend.usage_date

),

spent as (

    select
        days.budget_id,
        days.period_start,
        cast(sum(days.spent_reporting) as decimal(38, 12)) as spent_reporting,
        cast(sum(days.estimated_reporting) as decimal(38, 12)) as estimated_reporting,
        min(case when days.spent_so_far_reporting > periods.budget_amount_reporting and periods.outcome_type is null then days.usage_date end) as passed_on
    from days
    inner join periods
        on
            days.budget_id = periods.budget_id
            and days.period_start = periods.period_start
    group by days.budget_id, days.period_start

),

-- The month up to the last billed day, so that what comes once a month is in it once. Outcomes are known by month: the month of that day, as far as it was billed.
scopes as (

    select distinct
        budget_id,
        team,
        feature,
        outcome_type,
        billed_through,
        case
            when outcome_type is null then {{ plus_days("cast(billed_through - interval '1' month as date)", 1) }}
            else cast(date_trunc('month', billed_through) as date)
        end as burn_from
    from periods

),

burns as (

    select
        scopes.budget_id,
        {{ mul_div(
            'cast(sum(spend.effective_cost_reporting - spend.estimated_cost_reporting) as decimal(38, 12))',
            '1',
            days_between('max(scopes.burn_from)', 'max(scopes.billed_through)') ~ ' + 1'
        ) }} as burn_rate_reporting
    from scopes
    inner join spend on {{ is_in_budget('scopes', 'spend') }}
    where
        spend.usage_date >= scopes.burn_from
        and spend.usage_date <= scopes.billed_through
    group by scopes.budget_id

)

select
    periods.*,
    spent.budget_id is not null as has_spend,
    coalesce(spent.spent_reporting, 0) as spent_reporting,
    coalesce(spent.estimated_reporting, 0) as estimated_reporting,
    spent.passed_on,
    coalesce(burns.burn_rate_reporting, 0) as burn_rate_reporting,
    {{ days_between('greatest(periods.window_start, ' ~ plus_days('periods.billed_through', 1) ~ ')', 'periods.window_end') }} as unbilled_days
from periods
left join spent
    on
        periods.budget_id = spent.budget_id
        and periods.period_start = spent.period_start
left join burns on periods.budget_id = burns.budget_id
