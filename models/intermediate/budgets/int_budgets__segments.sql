-- Grain: one row per budget, period and dated amount in it: a budget raised in the middle of a month has two in that month.
-- The amount counts by the days it holds in its period, exactly; periods run from the first spend to the last, and a budget that begins later or ended before has its first or last one.
with

spend as (

    select
        min(usage_date) as first_day,
        max(usage_date) as as_of,
        coalesce(max(case when is_billed then usage_date end), {{ plus_days('min(usage_date)', -1) }}) as billed_through
    from {{ ref('int_budgets__spend_daily') }}
    where outcome_type is null

),

renames as (

    {{ current_teams() }}

),

budgets as (

    select
        budgets.*,
        coalesce(renames.renamed_to, budgets.team) as current_team,
        coalesce(budgets.valid_from, spend.first_day) as holds_from,
        coalesce(budgets.valid_to, date '9999-12-31') as holds_until,
        spend.first_day,
        spend.as_of,
        spend.billed_through
    from {{ ref('stg_policy__budgets') }} as budgets
    cross join spend
    left join renames on budgets.team = renames.team
    where budgets.x_quarantine_reason is null

),

-- From the first to the last day whose period is wanted: those with spend in reach, else the one next to it.
reached as (

    select
        *,
        case when holds_from > as_of then holds_from else least(greatest(holds_from, first_day), {{ plus_days('holds_until', -1) }}) end as from_day,
        case when holds_from > as_of then holds_from else least(as_of, {{ plus_days('holds_until', -1) }}) end as to_day
    from budgets

),

days as (

    {{ explode_days('reached', 'from_day', 'greatest(to_day, from_day)', ['budget_id', 'x_source_file', 'x_source_row_number', 'period'], 'day') }}

),

periods as (

    select distinct
        budget_id,
        x_source_file,
        x_source_row_number,
        cast(date_trunc(case period when 'yearly' then 'year' else 'month' end, day) as date) as period_start
    from days

),

bounded as (

    select
        reached.*,
        periods.period_start,
        cast(periods.period_start + case reached.period when 'yearly' then interval '1' year else interval '1' month end as date) as period_end
    from reached
    inner join periods
        on
            reached.budget_id = periods.budget_id
            and reached.x_source_file = periods.x_source_file
            and reached.x_source_row_number = periods.x_source_row_number

),

cut as (

    select
        *,
        greatest(period_start, coalesce(valid_from, date '1900-01-01')) as segment_start,
        least(period_end, holds_until) as segment_end
    from bounded

),

-- A budget in another currency is worth what it was on its first day of the period that any spend could fall on.
rates as (

    {{ rates_on_days('(select distinct currency as from_currency, greatest(segment_start, first_day) as rate_date from cut)') }}

),

amounts as (

    select
        cut.*,
        {{ mul_div('cut.amount', days_between('cut.segment_start', 'cut.segment_end'), days_between('cut.period_start', 'cut.period_end')) }} as segment_amount,
        case when {{ is_reporting_currency('cut.currency') }} then 1 else rates.rate end as rate
    from cut
    left join rates
        on
            cut.currency = rates.from_currency
            and greatest(cut.segment_start, cut.first_day) = rates.rate_date

)

select
    budget_id,
    period,
    current_team as team,
    feature,
    outcome_type,
    currency,
    warn_share,
    period_start,
    period_end,
    segment_start,
    segment_end,
    segment_amount,
    cast({{ convert_currency('segment_amount', 'rate') }} as decimal(38, 12)) as segment_amount_reporting,
    as_of,
    billed_through
from amounts
