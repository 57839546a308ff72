-- Names as agent frameworks write them, and the kind of step the seed agent_step_patterns makes of each. A returned row is a name read wrongly.
with

names as (

    select
        step_name,
        step_kind
    from (
        values
        ('input_guardrail', 'guardrail'), ('content moderation', 'guardrail'), ('pii-check', 'guardrail'),
        ('LLM-Judge', 'judge'), ('evaluator', 'judge'), ('user_simulator', 'judge'), ('reflection', 'judge'),
        ('retry', 'retry'), ('re-try 2', 'retry'), ('fallback', 'retry'),
        ('sub_agent', 'sub_agent'), ('subagent:research', 'sub_agent'), ('handoff', 'sub_agent'),
        ('synthesis', 'synthesis'), ('final_answer', 'synthesis'), ('summarize', 'synthesis'),
        ('tool_use', 'tool_use'), ('toolCall', 'tool_use'), ('search', 'tool_use'), ('execute', 'tool_use'),
        ('plan', 'root_task'), ('planner', 'root_task'), ('orchestrator', 'root_task'),
        ('chat', null), ('replanted', null), ('plant', null), ('retrieval', null), ('factor', null)
    ) as stated (step_name, step_kind)

),

told as (

    select
        names.step_name,
        names.step_kind,
        min_by(rules.step_kind, rules.priority) as told_kind
    from names
    left join {{ ref('agent_step_patterns') }} as rules
        on
            rules.field = 'step_name'
            and {{ regex_match('names.step_name', 'rules.name_pattern') }}
    group by names.step_name, names.step_kind

)

select *
from told
where step_kind is distinct from told_kind
