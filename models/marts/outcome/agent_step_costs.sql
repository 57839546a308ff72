-- Grain: one row per agent session and step; what a session caused beside its model calls is one row per session and layer, without a step number.
-- Conserves: the calls of call_costs that belong to a session, and the other rows of fct_cost_allocations that carry one.
with

steps as (

    select * from {{ ref('int_agents__steps') }}

),

-- Token rows of the ledger are here as calls already.
explained as (

    select distinct pool_id from {{ ref('int_inference__placed_costs') }}

),

beside as (

    select
        allocations.agent_session_id,
        allocations.layer,
        allocations.team,
        allocations.feature,
        allocations.environment,
        allocations.rule_id,
        cast(sum(allocations.billed_cost_reporting) as decimal(38, 12)) as billed_cost_reporting,
        cast(sum(allocations.effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting
    from {{ ref('fct_cost_allocations') }} as allocations
    left join explained on allocations.pool_id = explained.pool_id
    where
        allocations.agent_session_id is not null
        and allocations.cost_basis = 'billed'
        and explained.pool_id is null
    group by all

)

select
    agent_session_id,
    cast(step_number as bigint) as step_number,
    layer,
    step_kind,
    step_kind_source,
    pattern_rule_id,
    step_name,
    agent_name,
    workflow_name,
    team,
    feature,
    environment,
    rule_id,
    cast(depth as integer) as depth,
    begins_request,
    attempt_number,
    trace_id,
    parent_span_id,
    started_at,
    ended_at,
    cast(calls as bigint) as calls,
    cast(failed_calls as bigint) as failed_calls,
    cast(gateway_cached_calls as bigint) as gateway_cached_calls,
    cast(context_tokens as bigint) as context_tokens,
    cast(input_tokens as bigint) as input_tokens,
    cast(output_tokens as bigint) as output_tokens,
    billed_cost_reporting,
    effective_cost_reporting,
    estimated_cost_reporting,
    retrieved_context_cost_reporting
from steps
union all
select
    agent_session_id,
    cast(null as bigint) as step_number,
    layer,
    layer as step_kind,
    'layer' as step_kind_source,
    cast(null as varchar) as pattern_rule_id,
    cast(null as varchar) as step_name,
    cast(null as varchar) as agent_name,
    cast(null as varchar) as workflow_name,
    team,
    feature,
    environment,
    rule_id,
    cast(null as integer) as depth,
    false as begins_request,
    cast(null as integer) as attempt_number,
    cast(null as varchar) as trace_id,
    cast(null as varchar) as parent_span_id,
    cast(null as timestamp) as started_at,
    cast(null as timestamp) as ended_at,
    cast(0 as bigint) as calls,
    cast(0 as bigint) as failed_calls,
    cast(0 as bigint) as gateway_cached_calls,
    cast(0 as bigint) as context_tokens,
    cast(0 as bigint) as input_tokens,
    cast(0 as bigint) as output_tokens,
    billed_cost_reporting,
    effective_cost_reporting,
    cast(0 as decimal(38, 12)) as estimated_cost_reporting,
    cast(0 as decimal(38, 12)) as retrieved_context_cost_reporting
from beside
