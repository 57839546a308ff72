-- Grain: one row per agent session.
-- Conserves: agent_step_costs, every step of a session and what it caused beside its calls.
with

costs as (

    select * from {{ ref('int_agents__session_steps') }}

),

sessions as (

    select * from {{ ref('int_agents__sessions') }}

),

outcomes as (

    select * from {{ ref('int_agents__session_outcomes') }}

)

select
    costs.agent_session_id,
    coalesce(sessions.agent_name, costs.agent_name) as agent_name,
    sessions.task_id,
    costs.team,
    costs.feature,
    costs.environment,
    costs.rule_id,
    case when costs.team = 'unallocated' then 'untagged_usage' end as owner_reason,
    costs.started_at,
    costs.ended_at,
    sessions.status as run_status,
    outcomes.outcome_type,
    outcomes.is_success,
    costs.calls,
    sessions.calls_reported,
    costs.amplified_calls,
    costs.failed_calls,
    costs.retry_calls,
    costs.judge_calls,
    costs.guardrail_calls,
    costs.gateway_cached_calls,
    cast(costs.steps as bigint) as steps,
    cast(costs.depth as integer) as depth,
    cast(costs.user_requests as bigint) as user_requests,
    costs.input_tokens,
    costs.output_tokens,
    cast(costs.largest_context_tokens as bigint) as largest_context_tokens,
    costs.first_call_cost_reporting,
    costs.amplified_cost_reporting,
    costs.retrieval_cost_reporting,
    costs.billed_cost_reporting,
    costs.effective_cost_reporting,
    costs.estimated_cost_reporting,
    costs.retrieved_context_cost_reporting,
    {% for kind in ['retry', 'sub_agent', 'judge', 'guardrail'] -%}
    costs.{{ kind }}_cost_reporting,
    {% endfor -%}
    {{ mul_div('costs.effective_cost_reporting', 'cast(1 as decimal(38, 0))', 'cast(nullif(costs.user_requests, 0) as decimal(38, 0))') }} as cost_per_user_request_reporting,
    cast(costs.calls as double) / nullif(costs.user_requests, 0) as calls_per_user_request,
    cast(costs.calls_cost_reporting as double) / nullif(cast(costs.first_call_cost_reporting as double), 0) as amplification_factor,
    costs.retry_cost_share,
    costs.cost_growth_per_step_reporting,
    costs.cost_growth_factor,
    costs.context_growth_factor,
    costs.output_share,
    {{ runaway_reason('costs') }} as runaway_reason,
    {{ runaway_reason('costs') }} is not null as is_runaway
from costs
left join sessions on costs.agent_session_id = sessions.agent_session_id
left join outcomes on costs.agent_session_id = outcomes.agent_session_id
