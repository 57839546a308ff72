-- Grain: one row per span that is no model call, as exported: agents, tools, workflows and what stands between them and the calls.
-- Only the tree is taken. What these spans repeat of their children's tokens is never read.
with

source as (

    select * from {{ landing('otel', 'spans') }}

),

parents as (

    -- A rejected row and a model call are stg_otel__llm_calls' to tell.
    select *
    from source
    where
        x_reject_reason is null
        and not coalesce(lower(operation_name) in ('chat', 'generate_content', 'text_completion', 'completion', 'embeddings', 'embedding', 'rerank'), false)
        and not (operation_name is null and coalesce(response_model, request_model) is not null and input_tokens is not null)

)

select
    'otel_spans' as x_source,
    x_source_file,
    x_source_row_number,

    trace_id,
    span_id,
    nullif(parent_span_id, '') as parent_span_id,
    case
        when lower(operation_name) in ('invoke_agent', 'create_agent') then 'agent'
        when lower(operation_name) = 'execute_tool' then 'tool'
        when lower(operation_name) = 'invoke_workflow' then 'workflow'
        else 'other'
    end as span_kind,
    agent_name,
    start_time as started_at
from parents
