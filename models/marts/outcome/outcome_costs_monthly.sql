-- Grain: one row per usage month, feature and outcome type; outcome type 'none' holds what no outcome explains.
-- Conserves: effective_cost_reporting of fct_cost_allocations.
with

costs as (

    select
        outcome_month,
        feature,
        outcome_type,
        {% for layer in ['inference', 'gpu', 'retrieval', 'storage', 'agents', 'egress', 'other'] -%}
        cast(sum(case when layer = '{{ layer }}' then effective_cost_reporting else 0 end) as decimal(38, 12)) as {{ layer }}_cost_reporting,
        {% endfor -%}
        cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
        cast(sum(case when cost_basis = 'estimated' then effective_cost_reporting else 0 end) as decimal(38, 12)) as estimated_cost_reporting,
        cast(sum(failed_cost_reporting) as decimal(38, 12)) as failed_cost_reporting
    from {{ ref('int_outcomes__costs') }}
    group by outcome_month, feature, outcome_type

),

outcomes as (

    select
        outcome_month,
        feature,
        outcome_type,
        count(*) as outcomes,
        sum(case when is_success then 1 else 0 end) as successes
    from {{ ref('int_outcomes__events') }}
    group by outcome_month, feature, outcome_type

),

-- Full join: outcomes that cost nothing we saw are as worth seeing as cost without outcomes.
joined as (

    select
        coalesce(costs.outcome_month, outcomes.outcome_month) as outcome_month,
        coalesce(costs.feature, outcomes.feature) as feature,
        coalesce(costs.outcome_type, outcomes.outcome_type) as outcome_type,
        {% for column in ['inference_cost', 'gpu_cost', 'retrieval_cost', 'storage_cost', 'agents_cost', 'egress_cost', 'other_cost', 'effective_cost', 'estimated_cost', 'failed_cost'] -%}
        cast(coalesce(costs.{{ column }}_reporting, 0) as decimal(38, 12)) as {{ column }}_reporting,
        {% endfor -%}
        coalesce(outcomes.outcomes, 0) as outcomes,
        cast(coalesce(outcomes.successes, 0) as bigint) as successes
    from costs
    full join outcomes
        on
            costs.outcome_month = outcomes.outcome_month
            and costs.feature = outcomes.feature
            and costs.outcome_type = outcomes.outcome_type

)

select
    *,
    {{ mul_div('effective_cost_reporting', '1', 'nullif(outcomes, 0)') }} as cost_per_outcome_reporting,
    {{ mul_div('effective_cost_reporting', '1', 'nullif(successes, 0)') }} as cost_per_success_reporting
from joined
