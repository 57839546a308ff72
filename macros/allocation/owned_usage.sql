{#- A usage relation with the owner of its day beside it, ready for driver_levels. Usage nobody owns keeps its row. -#}
{% macro owned_usage(relation, driver, units, workload='null', session='null', memo='0') -%}
    select
        usage.*,
        {{ driver }} as driver,
        owners.team,
        owners.feature,
        owners.environment,
        coalesce(owners.workload, {{ workload }}) as workload,
        {% if session == 'null' %}cast(null as varchar) as agent_session_id,{% endif %}
        false as is_amplified,
        owners.rule_id,
        cast(null as varchar) as reason,
        {{ units }} as driver_units,
        {{ memo }} as memo_units
    from {{ relation }} as usage
    left join {{ ref('int_ownership__usage_owners') }} as owners
        on
            usage.owner_key = owners.owner_key
            and cast(usage.usage_hour as date) = owners.usage_date
{%- endmacro %}
