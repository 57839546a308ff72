-- Grain: one row per agent session seen in the calls: how many, how many failed, how they grew.
with

calls as (

    select *
    from {{ ref('int_inference__calls') }}
    where agent_session_id is not null

)

select
    agent_session_id,
    min(started_at) as started_at,
    max(coalesce(ended_at, started_at)) as ended_at,
    min_by(agent_name, started_at) as agent_name,
    count(*) as calls,
    sum(case when is_amplified then 1 else 0 end) as amplified_calls,
    sum(case when status = 'error' then 1 else 0 end) as failed_calls,
    sum(case when lower(coalesce(step_name, '')) like '%retry%' then 1 else 0 end) as retry_calls,
    sum(case when is_gateway_cache_hit then 1 else 0 end) as gateway_cached_calls,
    sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    max(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) as largest_context_tokens
from calls
group by agent_session_id
