-- Grain: one row per usage month, feature and outcome type; outcome type 'none' holds what no outcome explains.
-- Conserves: effective_cost_reporting of fct_cost_allocations, and outcome_costs per feature and outcome type.
{% set parts = outcome_amounts() + [
    'effective_cost_reporting', 'failed_cost_reporting', 'direct_cost_reporting', 'feature_cost_reporting', 'session_billed_cost_reporting', 'feature_billed_cost_reporting',
] -%}
with

parted as (

    select
        costs.*,
        events.is_success,
        costs.effective_cost_reporting - costs.estimated_cost_reporting - costs.unallocated_cost_reporting as billed_cost_reporting
    from {{ ref('int_outcomes__costs') }} as costs
    left join {{ ref('int_outcomes__events') }} as events on costs.outcome_id = events.outcome_id

),

costs as (

    select
        outcome_month,
        feature,
        outcome_type,
        {% for amount in outcome_amounts() + ['effective_cost_reporting'] -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        {% for name, (amount, condition) in {
            'failed': ('effective', "link_kind in ('session', 'task_attempt', 'task') and not is_success"),
            'direct': ('effective', "link_kind in ('session', 'task_attempt', 'task')"), 'feature': ('effective', "link_kind in ('feature', 'none')"),
            'session_billed': ('billed', "link_kind in ('session', 'task_attempt', 'task')"),
        }.items() -%}
        sum(case when {{ condition }} then {{ amount }}_cost_reporting else 0 end) as {{ name }}_cost_reporting,
        {% endfor -%}
        sum(case when link_kind in ('feature', 'none') then billed_cost_reporting else 0 end) as feature_billed_cost_reporting
    from parted
    group by outcome_month, feature, outcome_type

),

-- As the latest word has it, and beside it as it was first told: months that were restated show the difference.
outcomes as (

    select
        outcome_month,
        feature,
        outcome_type,
        count(*) as outcomes,
        sum(case when is_success then 1 else 0 end) as successes,
        sum(case when is_restated then 1 else 0 end) as restated_outcomes
    from {{ ref('int_outcomes__events') }}
    group by outcome_month, feature, outcome_type

),

first_told as (

    select
        first_outcome_month as outcome_month,
        feature,
        outcome_type,
        count(*) as outcomes_as_first_told,
        sum(case when first_is_success then 1 else 0 end) as successes_as_first_told
    from {{ ref('int_outcomes__events') }}
    group by first_outcome_month, feature, outcome_type

),

keys as (

    {% for relation in ['costs', 'outcomes', 'first_told'] -%}
    select
        outcome_month,
        feature,
        outcome_type
    from {{ relation }}
    {{ 'union' if not loop.last }}
    {% endfor %}

),

-- Outcomes that cost nothing we saw are as worth seeing as cost without outcomes.
joined as (

    select
        keys.*,
        {% for part in parts -%}
        cast(coalesce(costs.{{ part }}, 0) as decimal(38, 12)) as {{ part }},
        {% endfor -%}
        cast(coalesce(outcomes.outcomes, 0) as bigint) as outcomes,
        cast(coalesce(outcomes.successes, 0) as bigint) as successes,
        cast(coalesce(outcomes.restated_outcomes, 0) as bigint) as restated_outcomes,
        cast(coalesce(first_told.outcomes_as_first_told, 0) as bigint) as outcomes_as_first_told,
        cast(coalesce(first_told.successes_as_first_told, 0) as bigint) as successes_as_first_told
    from keys
    {% for relation in ['costs', 'outcomes', 'first_told'] -%}
    left join {{ relation }}
        on
            keys.outcome_month = {{ relation }}.outcome_month
            and keys.feature = {{ relation }}.feature
            and keys.outcome_type = {{ relation }}.outcome_type
    {% endfor %}

)

select
    *,
    {{ mul_div('effective_cost_reporting', '1', 'nullif(outcomes, 0)') }} as cost_per_outcome_reporting,
    {{ mul_div('effective_cost_reporting', '1', 'nullif(successes, 0)') }} as cost_per_success_reporting,
    {{ mul_div('direct_cost_reporting', '1', 'nullif(successes, 0)') }} as direct_cost_per_success_reporting
from joined
