{#- Why stored bytes are still paid for, the worst first: what an object's version, age and use say. Closed list, documented in column_carry_state. -#}
{% macro carry_state(version_state, is_unread, retention_days, age_days) -%}
    case
        when {{ version_state }} <> 'current' then {{ version_state }}
        when {{ age_days }} > {{ retention_days }} then 'checkpoint_past_policy'
        when {{ is_unread }} then 'unread'
        when {{ retention_days }} is not null then 'checkpoint'
        else 'kept'
    end
{%- endmacro %}
