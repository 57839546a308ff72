-- Grain: one row per agent session and step: the calls that begin together under one name, agent and parent span. Cutting a record in two changes no step.
-- Conserves: every amount of the calls of call_costs that belong to a session.
{% set same = ['agent_session_id', 'started_at', 'layer', 'team', 'feature', 'environment', 'rule_id', 'step_name', 'agent_name', 'workflow_name', 'attempt_number', 'trace_id', 'parent_span_id'] -%}
{% set order = 'started_at, ' ~ same[2:] | join(', ') -%}
{% set sums = ['calls', 'failed_calls', 'gateway_cached_calls', 'context_tokens', 'input_tokens', 'output_tokens'] -%}
with

calls as (

    select * from {{ ref('call_costs') }}
    where agent_session_id is not null

),

steps as (

    select
        {{ same | join(',\n        ') }},
        max(coalesce(ended_at, started_at)) as ended_at,
        any_value(usage_date) as usage_date,
        sum(case when status = 'error' then 1 else 0 end) as failed_calls,
        sum(case when is_gateway_cache_hit then 1 else 0 end) as gateway_cached_calls,
        max(input_tokens + cache_read_tokens + cache_write_tokens) as context_tokens,
        sum(input_tokens + cache_read_tokens + cache_write_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        {% for amount in ['billed', 'effective', 'estimated', 'retrieved_context'] -%}
        cast(sum({{ amount }}_cost_reporting) as decimal(38, 12)) as {{ amount }}_cost_reporting,
        {% endfor -%}
        count(*) as calls
    from calls
    group by all

),

placed as (

    select
        steps.*,
        -- Without spans every call stands directly below the session's own agent.
        greatest(coalesce(tree.agent_depth, 1), 1) as depth,
        -- A trace with an agent at its top is one request of a user; a trace per call is only how the calls were logged.
        case when tree.agent_depth is not null then steps.trace_id end as request_id
    from steps
    left join {{ ref('int_agents__span_tree') }} as tree
        on
            steps.trace_id = tree.trace_id
            and steps.parent_span_id = tree.span_id

),

numbered as (

    select
        *,
        {{ row_hash(['step_name', 'agent_name', 'workflow_name']) }} as names_key,
        row_number() over (partition by agent_session_id order by {{ order }}) as step_number,
        row_number() over (partition by agent_session_id, request_id order by {{ order }}) as step_of_request,
        first_value(request_id) over (partition by agent_session_id order by case when request_id is null then 1 else 0 end, started_at, request_id) as first_request_id
    from placed

),

named as (

    select
        numbered.*,
        names.rule_id as pattern_rule_id,
        names.step_kind as named_kind,
        numbered.step_number = 1
        or coalesce(numbered.request_id <> numbered.first_request_id and numbered.step_of_request = 1 and numbered.depth = 1, false) as begins_request
    from numbered
    left join {{ ref('int_agents__step_names') }} as names
        on
            numbered.names_key = names.names_key
            and numbered.usage_date >= names.valid_from
            and numbered.usage_date < names.valid_to

)

select
    step_number,
    {{ same | join(',\n    ') }},
    ended_at,
    depth,
    begins_request,
    pattern_rule_id,
    {{ sums | join(',\n    ') }},
    {% for amount in ['billed', 'effective', 'estimated', 'retrieved_context'] -%}
    {{ amount }}_cost_reporting,
    {% endfor -%}
    case
        when attempt_number > 1 then 'retry'
        when named_kind is not null then named_kind
        when depth > 1 then 'sub_agent'
        when begins_request then 'root_task'
        else 'follow_up'
    end as step_kind,
    case
        when attempt_number > 1 then 'attempt_number'
        when named_kind is not null then 'name'
        when depth > 1 then 'span_tree'
        else 'order_in_time'
    end as step_kind_source
from named
