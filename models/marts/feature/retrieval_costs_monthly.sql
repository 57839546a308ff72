-- Grain: one row per usage month, team and feature that pays for retrieval or carries retrieved context.
-- Conserves: the retrieval layer of fct_cost_allocations. Retrieved context is a memo on inference: it stands beside the sum and is never in it.
with

pools as (

    select
        pool_id,
        driver_kind
    from {{ ref('int_charges__pools') }}

),

allocations as (

    select
        cast(date_trunc('month', allocations.usage_date) as date) as usage_month,
        allocations.team,
        allocations.feature,
        allocations.layer,
        case
            {% for part, condition in retrieval_parts().items() -%}
            when {{ condition }} then '{{ part }}'
            {% endfor -%}
            else 'other'
        end as part,
        allocations.effective_cost_reporting,
        case when allocations.cost_basis = 'estimated' then allocations.effective_cost_reporting else 0 end as estimated_cost_reporting
    from {{ ref('fct_cost_allocations') }} as allocations
    left join pools on allocations.pool_id = pools.pool_id
    where allocations.layer = 'retrieval'

),

costs as (

    select
        usage_month,
        team,
        feature,
        {% for part in (retrieval_parts().keys() | list) + ['other'] -%}
        cast(sum(case when part = '{{ part }}' then effective_cost_reporting else 0 end) as decimal(38, 12)) as {{ part }}_cost_reporting,
        {% endfor -%}
        cast(sum(estimated_cost_reporting) as decimal(38, 12)) as estimated_cost_reporting,
        cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting
    from allocations
    group by usage_month, team, feature

),

-- A call answers a question with retrieved context when it carries some and came back.
answered as (

    select
        cast(date_trunc('month', usage_date) as date) as usage_month,
        team,
        feature,
        count(*) as answered_queries,
        sum(retrieved_context_tokens) as retrieved_context_tokens,
        sum(retrieved_context_cost_reporting) as retrieved_context_cost_reporting
    from {{ ref('call_costs') }}
    where
        retrieved_context_tokens > 0
        and status = 'ok'
        and operation not in ('embeddings', 'embedding', 'rerank')
    group by cast(date_trunc('month', usage_date) as date), team, feature

),

keys as (

    select
        usage_month,
        team,
        feature
    from costs
    union
    select
        usage_month,
        team,
        feature
    from answered

)

select
    keys.usage_month,
    keys.team,
    keys.feature,
    {% for part in (retrieval_parts().keys() | list) + ['other', 'estimated', 'effective'] -%}
    cast(coalesce(costs.{{ part }}_cost_reporting, 0) as decimal(38, 12)) as {{ part }}_cost_reporting,
    {% endfor -%}
    cast(coalesce(answered.answered_queries, 0) as bigint) as answered_queries,
    cast(coalesce(answered.retrieved_context_tokens, 0) as bigint) as retrieved_context_tokens,
    cast(coalesce(answered.retrieved_context_cost_reporting, 0) as decimal(38, 12)) as retrieved_context_cost_reporting,
    {{ mul_div('answered.retrieved_context_cost_reporting', '1', 'nullif(answered.answered_queries, 0)') }} as retrieved_context_cost_per_query_reporting
from keys
left join costs
    on
        keys.usage_month = costs.usage_month
        and keys.team = costs.team
        and keys.feature = costs.feature
left join answered
    on
        keys.usage_month = answered.usage_month
        and keys.team = answered.team
        and keys.feature = answered.feature
