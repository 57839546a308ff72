{{ config(materialized=var('call_costs_materialized')) }}
-- Grain: one row per billable call.
-- Conserves: effective, billed and estimated cost of every group of use, to the last decimal place. With the var call_costs_materialized: view no call is copied.
with

shares as (

    select * from {{ ref('int_inference__call_shares') }}

)

select
    call_id,
    record_kind,
    cast(request_count as bigint) as request_count,
    provider,
    platform,
    account_id,
    region,
    coalesce(model_id, model_id_raw) as model_id,
    service_tier,
    operation,
    layer,
    started_at,
    ended_at,
    usage_date,
    status,
    is_gateway_cache_hit,
    team,
    feature,
    environment,
    workload,
    rule_id,
    agent_session_id,
    agent_name,
    workflow_name,
    step_name,
    cast(attempt_number as integer) as attempt_number,
    trace_id,
    span_id,
    parent_span_id,
    is_amplified,
    cast(input_tokens as bigint) as input_tokens,
    cast(cache_read_tokens as bigint) as cache_read_tokens,
    cast(cache_write_5m_tokens + cache_write_1h_tokens as bigint) as cache_write_tokens,
    cast(output_tokens as bigint) as output_tokens,
    cast(retrieved_context_tokens as bigint) as retrieved_context_tokens,
    {{ units_amount('billed_units') }} as billed_cost_reporting,
    {{ units_amount('effective_units') }} as effective_cost_reporting,
    {{ units_amount('estimated_units') }} as estimated_cost_reporting,
    {{ units_amount('retrieved_context_units') }} as retrieved_context_cost_reporting,
    case when is_gateway_cache_hit or tokens = 0 then 'none' else group_cost_basis end as cost_basis,
    case
        when is_gateway_cache_hit then 'gateway_cache_hit'
        when tokens = 0 then 'no_tokens'
        else exception_reason
    end as cost_reason,
    case when not is_gateway_cache_hit and tokens > 0 and group_cost_basis <> 'none' then evidence_grade end as evidence_grade,
    x_source
from shares
