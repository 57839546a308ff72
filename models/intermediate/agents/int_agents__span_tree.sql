-- Grain: one row per span that is no model call: how many agents stand above it, itself included.
-- A span whose parent was never exported is a root; of a ring of spans none is reached, and none is here.
with recursive

spans as (

    select
        trace_id,
        span_id,
        min(parent_span_id) as parent_span_id,
        min(span_kind) as span_kind,
        min(agent_name) as agent_name
    from {{ ref('stg_otel__agent_spans') }}
    where
        trace_id is not null
        and span_id is not null
    group by trace_id, span_id

),

roots as (

    select spans.*
    from spans
    left join spans as parents
        on
            spans.trace_id = parents.trace_id
            and spans.parent_span_id = parents.span_id
    where parents.span_id is null

),

tree as (

    select
        trace_id,
        span_id,
        case when span_kind = 'agent' then 1 else 0 end as agent_depth,
        case when span_kind = 'agent' then agent_name end as agent_name,
        1 as hops
    from roots
    union all
    select
        spans.trace_id,
        spans.span_id,
        tree.agent_depth + case when spans.span_kind = 'agent' then 1 else 0 end as agent_depth,
        case when spans.span_kind = 'agent' then coalesce(spans.agent_name, tree.agent_name) else tree.agent_name end as agent_name,
        tree.hops + 1 as hops
    from tree
    -- A span without a reached parent is a root already; one in a ring is reached by nobody.
    inner join spans
        on
            tree.trace_id = spans.trace_id
            and tree.span_id = spans.parent_span_id
    where tree.hops < 100

)

select
    trace_id,
    span_id,
    agent_depth,
    agent_name,
    hops
from tree
