-- Grain: one row per agent session.
-- Conserves: the rows of fct_cost_allocations that carry a session.
with

costs as (

    select
        agent_session_id,
        max_by(team, effective_cost_reporting) as team,
        max_by(feature, effective_cost_reporting) as feature,
        max_by(environment, effective_cost_reporting) as environment,
        {% for layer in ['inference', 'agents', 'retrieval'] -%}
        cast(sum(case when layer = '{{ layer }}' then effective_cost_reporting else 0 end) as decimal(38, 12)) as {{ layer }}_cost_reporting,
        {% endfor -%}
        cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
        cast(sum(case when cost_basis = 'estimated' then effective_cost_reporting else 0 end) as decimal(38, 12)) as estimated_cost_reporting
    from {{ ref('fct_cost_allocations') }}
    where agent_session_id is not null
    group by agent_session_id

),

calls as (

    select * from {{ ref('int_agents__session_calls') }}

),

sessions as (

    select * from {{ ref('int_agents__sessions') }}

),

outcomes as (

    select * from {{ ref('int_agents__session_outcomes') }}

)

select
    coalesce(calls.agent_session_id, costs.agent_session_id) as agent_session_id,
    coalesce(sessions.agent_name, calls.agent_name) as agent_name,
    sessions.task_id,
    coalesce(costs.team, 'unallocated') as team,
    coalesce(costs.feature, 'unallocated') as feature,
    costs.environment,
    calls.started_at,
    calls.ended_at,
    sessions.status as run_status,
    outcomes.outcome_type,
    outcomes.is_success,
    coalesce(calls.calls, 0) as calls,
    sessions.calls_reported,
    cast(coalesce(calls.amplified_calls, 0) as bigint) as amplified_calls,
    cast(coalesce(calls.failed_calls, 0) as bigint) as failed_calls,
    cast(coalesce(calls.retry_calls, 0) as bigint) as retry_calls,
    cast(coalesce(calls.input_tokens, 0) as bigint) as input_tokens,
    cast(coalesce(calls.output_tokens, 0) as bigint) as output_tokens,
    cast(coalesce(calls.largest_context_tokens, 0) as bigint) as largest_context_tokens,
    cast(coalesce(costs.inference_cost_reporting, 0) as decimal(38, 12)) as first_call_cost_reporting,
    cast(coalesce(costs.agents_cost_reporting, 0) as decimal(38, 12)) as amplified_cost_reporting,
    cast(coalesce(costs.retrieval_cost_reporting, 0) as decimal(38, 12)) as retrieval_cost_reporting,
    cast(coalesce(costs.effective_cost_reporting, 0) as decimal(38, 12)) as effective_cost_reporting,
    cast(coalesce(costs.estimated_cost_reporting, 0) as decimal(38, 12)) as estimated_cost_reporting,
    cast(coalesce(costs.inference_cost_reporting, 0) + coalesce(costs.agents_cost_reporting, 0) as double)
    / nullif(cast(costs.inference_cost_reporting as double), 0) as amplification_factor
from calls
full join costs on calls.agent_session_id = costs.agent_session_id
left join sessions on coalesce(calls.agent_session_id, costs.agent_session_id) = sessions.agent_session_id
left join outcomes on coalesce(calls.agent_session_id, costs.agent_session_id) = outcomes.agent_session_id
