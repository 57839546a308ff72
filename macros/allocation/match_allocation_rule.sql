{#- The strongest dated policy rule of one step for each pool of a relation; pools without one get no row. -#}
{% macro match_allocation_rule(pools, step) -%}
    select
        pools.pool_id,
        min_by(rules.rule_id, rules.rule_order) as rule_id,
        min_by(rules.method, rules.rule_order) as method
    from {{ pools }} as pools
    inner join {{ ref('int_allocation__rules') }} as rules
        on
            rules.step = '{{ step }}'
            and (rules.layer is null or rules.layer = pools.layer)
            and (rules.provider is null or rules.provider = pools.provider)
            and (rules.service_name is null or lower(rules.service_name) = lower(pools.service_name))
            and (rules.charge_category is null or lower(rules.charge_category) = lower(pools.charge_category))
            and (rules.charge_kind is null or rules.charge_kind = pools.x_charge_kind)
            -- Usage is split by what was measured; it is never put aside, and it has nothing to follow.
            and (rules.method not in ('keep_apart', 'follow_usage') or pools.x_charge_kind <> 'usage')
            and pools.usage_date >= rules.valid_from
            and pools.usage_date < rules.valid_to
    group by pools.pool_id
{%- endmacro %}
