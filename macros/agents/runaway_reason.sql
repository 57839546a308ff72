{% macro runaway_reason(costs) -%}
    {#- Why a session looks like a loop that nobody ends; null when it does not. Only long sessions are asked: a short one that fails is a failure, no loop. -#}
    case
        when {{ costs }}.calls < {{ var('agent_runaway_calls') }} then null
        when {{ costs }}.retry_calls * 2 >= {{ costs }}.calls then 'mostly_retries'
        when {{ costs }}.failed_calls * 2 >= {{ costs }}.calls then 'mostly_errors'
        when
            {{ costs }}.context_growth_factor >= {{ var('agent_runaway_context_growth') }}
            and {{ costs }}.output_share <= {{ var('agent_runaway_output_share') }} then 'growing_context_little_output'
    end
{%- endmacro %}
