{#- Who a part of a line went to and how, in the split-cost columns of FOCUS 1.3 and later, and as plain columns. `ledger` is the alias of fct_cost_allocations.
    What nobody owns keeps its method and has no allocated resource: so FOCUS shows the unallocated rest of a charge. -#}
{% macro focus_consumer_columns(ledger) -%}
    {% for column in ['layer', 'team', 'feature', 'environment', 'workload', 'agent_session_id', 'allocation_step', 'evidence_grade'] -%}
        {{ ledger }}.{{ column }},
    {% endfor -%}
    'apportion/' || {{ ledger }}.allocation_method as allocated_method_id,
    '{"Elements":[{' || concat_ws(
        ',',
        {{ json_number('AllocatedRatio', 'line_share') }},
        {{ json_member('UsageUnit', ledger ~ '.driver') }},
        case when {{ ledger }}.driver is not null then {{ json_number('UsageQuantity', ledger ~ '.driver_units') }} end
    ) || '}],' || concat_ws(
        ',',
        {{ json_number('x_UsageQuantityTotal', ledger ~ '.driver_units_total') }},
        {{ json_member('x_AllocationStep', ledger ~ '.allocation_step') }},
        {{ json_member('x_EvidenceGrade', ledger ~ '.evidence_grade') }},
        {{ json_member('x_RuleId', ledger ~ '.rule_id') }},
        {{ json_member('x_Reason', ledger ~ '.reason') }}
    ) || '}' as allocated_method_details,
    case when {{ ledger }}.team <> 'unallocated' then
        concat_ws('/', {{ ledger }}.team, {{ ledger }}.feature, {{ ledger }}.environment, {{ ledger }}.workload, {{ ledger }}.agent_session_id)
    end as allocated_resource_id,
    case when {{ ledger }}.team <> 'unallocated' then {{ ledger }}.team || ' / ' || {{ ledger }}.feature end as allocated_resource_name,
    -- Our tag scheme has its own prefix, so that no key meets one of the bill's Tags (FOCUS AllocatedTags, 1.3).
    case when {{ ledger }}.team <> 'unallocated' then
        '{' || concat_ws(
            ',',
            {{ json_member('apportion/team', ledger ~ '.team') }},
            {{ json_member('apportion/feature', ledger ~ '.feature') }},
            {{ json_member('apportion/environment', ledger ~ '.environment') }},
            {{ json_member('apportion/workload', ledger ~ '.workload') }},
            {{ json_member('apportion/agent_session', ledger ~ '.agent_session_id') }}
        ) || '}'
    end as allocated_tags
{%- endmacro %}
