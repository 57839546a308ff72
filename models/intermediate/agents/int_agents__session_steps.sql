-- Grain: one row per agent session: what its steps and the rest of it cost, by kind, and how the cost of a turn grew.
-- Conserves: every amount of agent_step_costs.
with

steps as (

    select
        *,
        max(step_number) over (partition by agent_session_id) as last_step
    from {{ ref('agent_step_costs') }}

),

-- One turn in four at each end, at least one: the first and the last alone would say more of one call than of the session.
marked as (

    select
        *,
        step_number <= greatest(last_step // 4, 1) as is_early,
        step_number > last_step - greatest(last_step // 4, 1) as is_late
    from steps

),

sums as (

    select
        agent_session_id,
        {% for column in ['team', 'feature', 'environment', 'rule_id'] -%}
        max_by({{ column }}, effective_cost_reporting) as {{ column }},
        {% endfor -%}
        min_by(agent_name, step_number) as agent_name,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        count(step_number) as steps,
        sum(case when begins_request then 1 else 0 end) as user_requests,
        max(depth) as depth,
        max(context_tokens) as largest_context_tokens,
        {% for column in ['calls', 'failed_calls', 'gateway_cached_calls', 'input_tokens', 'output_tokens'] -%}
        cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor -%}
        {% for name, condition in {
            'amplified_calls': "layer = 'agents'", 'retry_calls': "step_kind = 'retry'", 'judge_calls': "step_kind = 'judge'", 'guardrail_calls': "step_kind = 'guardrail'",
        }.items() -%}
        cast(sum(case when {{ condition }} then calls else 0 end) as bigint) as {{ name }},
        {% endfor -%}
        {% for name, condition in {
            'first_call': "step_number is not null and layer = 'inference'", 'amplified': "step_number is not null and layer = 'agents'",
            'retrieval': "layer = 'retrieval'", 'calls': 'step_number is not null',
            'retry': "step_kind = 'retry'", 'sub_agent': "step_kind = 'sub_agent'", 'judge': "step_kind = 'judge'", 'guardrail': "step_kind = 'guardrail'",
            'early': 'is_early', 'late': 'is_late',
        }.items() -%}
        cast(sum(case when {{ condition }} then effective_cost_reporting else 0 end) as decimal(38, 12)) as {{ name }}_cost_reporting,
        {% endfor -%}
        {% for amount in ['billed', 'effective', 'estimated', 'retrieved_context'] -%}
        cast(sum({{ amount }}_cost_reporting) as decimal(38, 12)) as {{ amount }}_cost_reporting,
        {% endfor -%}
        sum(case when is_early then context_tokens end) as early_context_tokens,
        sum(case when is_late then context_tokens end) as late_context_tokens,
        -- Least squares over (step, cost): the slope is (n·Σxy − Σx·Σy) / (n·Σx² − (Σx)²), with whole numbers below.
        cast(
            count(step_number) * sum(step_number * effective_cost_reporting)
            - sum(step_number) * sum(case when step_number is not null then effective_cost_reporting end) as decimal(38, 12)
        ) as slope_numerator,
        cast(count(step_number) * sum(step_number * step_number) - sum(step_number) * sum(step_number) as decimal(38, 0)) as slope_denominator
    from marked
    group by agent_session_id

)

select
    *,
    {{ mul_div('slope_numerator', 'cast(1 as decimal(38, 0))', 'nullif(slope_denominator, 0)') }} as cost_growth_per_step_reporting,
    cast(late_cost_reporting as double) / nullif(cast(early_cost_reporting as double), 0) as cost_growth_factor,
    cast(late_context_tokens as double) / nullif(early_context_tokens, 0) as context_growth_factor,
    cast(output_tokens as double) / nullif(input_tokens, 0) as output_share,
    cast(retry_cost_reporting as double) / nullif(cast(calls_cost_reporting as double), 0) as retry_cost_share
from sums
