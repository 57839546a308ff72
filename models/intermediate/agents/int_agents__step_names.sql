-- Grain: one row per distinct set of names a step goes by, and span of days in which one rule of agent_step_patterns says what kind of step that is.
-- Names are read once each, never per call.
with

names as (

    select distinct
        {{ row_hash(['step_name', 'agent_name', 'workflow_name']) }} as names_key,
        step_name,
        agent_name,
        workflow_name
    from {{ ref('int_inference__calls') }}
    where agent_session_id is not null

),

fields as (

    {% for field in ['step_name', 'agent_name', 'workflow_name'] -%}
    select
        names_key,
        '{{ field }}' as field,
        {{ field }} as field_value
    from names
    where {{ field }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

candidates as (

    select
        fields.names_key,
        rules.priority,
        rules.valid_from,
        rules.valid_to,
        rules.rule_id,
        rules.step_kind
    from fields
    -- Names no rule knows leave here; whoever joins the result joins it left.
    inner join {{ ref('agent_step_patterns') }} as rules
        on
            fields.field = rules.field
            and {{ regex_match('fields.field_value', 'rules.name_pattern') }}

),

winners as (

    {{ dated_rule_winners('candidates', 'names_key', ['rule_id', 'step_kind']) }}

)

select * from winners
