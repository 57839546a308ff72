{{ config(materialized='view') }}
-- Grain: one row per billable call, with its owner and its share of what its group of use cost, in whole units of the last decimal place.
-- Conserves: every amount of every group of use. The largest call of a group takes what rounding left.
with

calls as (

    select * from {{ ref('int_inference__used') }}

),

rates as (

    select * from {{ ref('int_inference__group_rates') }}

),

remainders as (

    select * from {{ ref('int_inference__call_remainders') }}

)

select
    calls.*,
    rates.model_id,
    rates.layer,
    coalesce(rates.team, 'unallocated') as team,
    coalesce(rates.feature, 'unallocated') as feature,
    rates.environment,
    rates.workload,
    rates.rule_id,
    rates.evidence_grade,
    rates.exception_reason,
    rates.cost_basis as group_cost_basis,
    {{ call_tokens('calls') }} as tokens,
    {% for amount in call_amounts() -%}
    case
        when calls.is_gateway_cache_hit then 0
        else
            {{ call_share_units('calls', 'rates', amount) }}
            + case when remainders.largest_size_rank = {{ size_rank(call_tokens('calls'), 'calls.call_id') }} then remainders.{{ amount }}_remainder_units else 0 end
    end as {{ amount }}_units,
    {% endfor -%}
    case
        when not calls.is_gateway_cache_hit and calls.retrieved_context_tokens > 0 and rates.input_effective_units <> 0
            then {{ whole_share('rates.input_effective_units', 'least(calls.retrieved_context_tokens, calls.input_tokens)', 'rates.input_tokens') }}
        else 0
    end as retrieved_context_units
from calls
left join rates on calls.usage_group_key = rates.usage_group_key
left join remainders on calls.usage_group_key = remainders.usage_group_key
