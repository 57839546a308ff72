-- Grain: one row per group of use: its owner, its tokens, and what each kind of them cost, in whole units of the last decimal place.
-- Conserves: the amounts of int_inference__usage_costs, side by side instead of below each other. Groups without any cost are here too, with the reason.
with

costs as (

    select
        {% for kind in billed_token_kinds() -%}
        {% for amount in call_amounts() -%}
        {{ kind_units(kind, amount) }} as {{ kind }}_{{ amount }}_units,
        {% endfor -%}
        {% endfor -%}
        max(evidence_grade) as evidence_grade,
        case when min(cost_basis) = max(cost_basis) then min(cost_basis) else 'mixed' end as cost_basis,
        usage_group_key
    from {{ ref('int_inference__usage_costs') }}
    group by usage_group_key

),

without_cost as (

    select
        {{ consumption_key() }} as consumption_key,
        exception_reason
    from {{ ref('int_inference__without_cost') }}
    where exception_reason is not null

),

exceptions as (

    select
        usage.usage_group_key,
        max(without_cost.exception_reason) as exception_reason
    from {{ ref('int_inference__usage_kinds') }} as usage
    -- Only what has no cost is asked for.
    inner join without_cost on usage.consumption_key = without_cost.consumption_key
    group by usage.usage_group_key

)

select
    usage.usage_group_key,
    usage.model_id,
    case when usage.operation in ('embeddings', 'embedding', 'rerank') then 'retrieval' when usage.is_amplified then 'agents' else 'inference' end as layer,
    coalesce(owners.team, 'unallocated') as team,
    coalesce(owners.feature, 'unallocated') as feature,
    owners.environment,
    owners.workload,
    owners.rule_id,
    usage.records,
    {% for kind in billed_token_kinds() -%}
    cast(usage.{{ kind }}_tokens as bigint) as {{ kind }}_tokens,
    {% for amount in call_amounts() -%}
    coalesce(costs.{{ kind }}_{{ amount }}_units, 0) as {{ kind }}_{{ amount }}_units,
    {% endfor -%}
    {% endfor -%}
    coalesce(costs.cost_basis, 'none') as cost_basis,
    costs.evidence_grade,
    exceptions.exception_reason
from {{ ref('int_inference__usage_hourly') }} as usage
left join {{ ref('int_ownership__usage_owners') }} as owners
    on
        usage.owner_key = owners.owner_key
        and cast(usage.usage_hour as date) = owners.usage_date
left join costs on usage.usage_group_key = costs.usage_group_key
left join exceptions on usage.usage_group_key = exceptions.usage_group_key
