-- Grain: one row per usage month, feature, outcome type, layer and cost basis.
-- Conserves: effective_cost_reporting of every feature. A session's cost goes to the outcome it ended in; the rest of a feature's cost
-- follows the number of its outcomes times their policy weight; a feature without outcomes keeps its cost under outcome type 'none'.
with

allocations as (

    select
        cast(date_trunc('month', allocations.usage_date) as date) as outcome_month,
        coalesce(nullif(sessions.feature, 'unallocated'), allocations.feature) as feature,
        sessions.outcome_type,
        coalesce(not sessions.is_success, false) as is_failed,
        allocations.layer,
        allocations.cost_basis,
        cast(sum(allocations.effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting
    from {{ ref('fct_cost_allocations') }} as allocations
    left join {{ ref('int_agents__session_outcomes') }} as sessions on allocations.agent_session_id = sessions.agent_session_id
    group by all

),

counted as (

    select
        outcome_month,
        feature,
        outcome_type,
        sum(weight) as weight
    from {{ ref('int_outcomes__events') }}
    group by outcome_month, feature, outcome_type

),

totals as (

    select
        outcome_month,
        feature,
        sum(weight) as weight
    from counted
    group by outcome_month, feature

),

unlinked as (

    select
        *,
        {{ surrogate_key(['outcome_month', 'feature', 'layer', 'cost_basis']) }} as cell_id
    from allocations
    where outcome_type is null

),

split as (

    select
        unlinked.cell_id,
        unlinked.outcome_month,
        unlinked.feature,
        coalesce(counted.outcome_type, 'none') as outcome_type,
        unlinked.layer,
        unlinked.cost_basis,
        unlinked.effective_cost_reporting as cell_cost,
        case
            when totals.weight > 0 then {{ mul_div('unlinked.effective_cost_reporting', 'cast(counted.weight * 1000000 as decimal(38, 0))', 'cast(totals.weight * 1000000 as decimal(38, 0))') }}
            else unlinked.effective_cost_reporting
        end as effective_cost_reporting,
        row_number() over (partition by unlinked.cell_id order by counted.weight desc nulls last, counted.outcome_type asc) as share_rank
    from unlinked
    left join totals
        on
            unlinked.outcome_month = totals.outcome_month
            and unlinked.feature = totals.feature
            and totals.weight > 0
    left join counted
        on
            totals.outcome_month = counted.outcome_month
            and totals.feature = counted.feature

),

remainders as (

    select
        cell_id,
        any_value(cell_cost) - sum(effective_cost_reporting) as remainder
    from split
    group by cell_id

),

unioned as (

    select
        outcome_month,
        feature,
        outcome_type,
        is_failed,
        layer,
        cost_basis,
        effective_cost_reporting
    from allocations
    where outcome_type is not null
    union all
    select
        split.outcome_month,
        split.feature,
        split.outcome_type,
        false as is_failed,
        split.layer,
        split.cost_basis,
        split.effective_cost_reporting + case when split.share_rank = 1 then remainders.remainder else 0 end as effective_cost_reporting
    from split
    left join remainders on split.cell_id = remainders.cell_id

)

select
    outcome_month,
    feature,
    outcome_type,
    layer,
    cost_basis,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
    cast(sum(case when is_failed then effective_cost_reporting else 0 end) as decimal(38, 12)) as failed_cost_reporting
from unioned
group by all
