-- Grain: one row per budget and dated amount.
with

source as (

    select * from {{ landing('policy_budgets', 'budgets') }}

),

scoped as (

    select
        *,
        {{ surrogate_key(['lower(trim(period))', 'lower(trim(team))', 'lower(trim(feature))', 'lower(trim(outcome_type))']) }} as scope,
        coalesce(valid_from, date '1900-01-01') as holds_from,
        coalesce(valid_to, date '9999-12-31') as holds_until
    from source

),

-- Two amounts for one thing at one time could both be meant; nobody guesses.
compared as (

    select
        *,
        max(holds_until) over (
            partition by scope
            order by holds_from, x_source_file, x_source_row_number
            rows between unbounded preceding and 1 preceding
        ) as budgeted_until,
        first_value(scope) over (partition by budget_id order by x_source_file, x_source_row_number) as first_scope
    from scoped

)

select
    'policy_budgets' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['budget_id is null', "'budget_id is empty: it is needed. Write an id; the same id again dates another amount of the same budget'"],
        ["lower(trim(period)) not in ('monthly', 'yearly') or period is null", bad_value('period', 'monthly or yearly is needed', 'Correct the row')],
        ['coalesce(team, feature, outcome_type) is null', "'team, feature and outcome_type are empty: at least one is needed. Say whose budget it is'"],
        ['outcome_type is not null and team is not null', bad_value('team', 'the cost of outcomes is known by feature, not by team', 'Leave team empty beside an outcome_type')],
        ['amount is null or amount < 0', bad_value('amount', 'an amount of at least 0 is needed', 'Write what a whole period may cost')],
        ['currency is null', "'currency is empty: it is needed. Write the three letters of ISO 4217, as USD'"],
        ['warn_share <= 0 or warn_share > 1', bad_value('warn_share', 'a share above 0, of at most 1, is needed', 'Write 0.8 for 80 %, or nothing')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
        ['scope <> first_scope', "'an earlier row of budget_id ' || budget_id || ' is for another period, team, feature or outcome: one id is one budget. Give this one an id of its own'"],
        ['budgeted_until > holds_from', "'another row budgets the same period, team, feature and outcome at that time: only one amount can hold. Delete one, or date them one after the other'"],
    ]) }} as x_quarantine_reason,

    budget_id,
    lower(trim(period)) as period,
    nullif(lower(trim(team)), '') as team,
    nullif(lower(trim(feature)), '') as feature,
    nullif(trim(outcome_type), '') as outcome_type,
    amount,
    upper(trim(currency)) as currency,
    cast(coalesce(warn_share, 0.8) as decimal(38, 12)) as warn_share,

    valid_from,
    valid_to,
    comment
from compared
