{% macro resolve_owners(evidence, scope, by_span=false) -%}
    {%- set moments = ['valid_from', 'valid_to'] if by_span else ['usage_date'] -%}
    {#- evidence: relation (owner_key, usage_date, match_type, match_key, match_value). Returns a query, one row per (owner_key, usage_date); by_span: per
        (owner_key, valid_from, valid_to), spans in which the same rules hold. A row for each for which any rule speaks: each attribute comes from the strongest rule that says something about it, valid on the day of use.
        Where a rule for any value meets two names of one thing, the shorter one counts: the role, not its session. -#}
    select
        evidence.owner_key,
        {% for moment in moments -%}
        evidence.{{ moment }},
        {% endfor -%}
        {% for attribute in ['team', 'feature', 'environment', 'workload'] -%}
        -- 'unallocated' as a tag's value is the absence of an owner, not the name of one: the next rule is asked.
        nullif(lower(trim(min_by(
            replace(rules.{{ attribute }}, '{value}', evidence.match_value), rules.rule_order || chr(1) || evidence.match_value
        ) filter (where {{ says_something('rules.' ~ attribute) }}))), 'unallocated') as {{ attribute }},
        {% endfor -%}
        min_by(rules.rule_id, rules.rule_order) filter (where {{ says_something('rules.team') }}) as rule_id
    from {{ evidence }} as evidence
    -- Keys without a matching rule leave here; they carry no money, and whoever joins the result joins it left.
    inner join {{ ref('int_ownership__rules') }} as rules
        on
            evidence.match_type = rules.match_type
            and lower(trim(coalesce(evidence.match_key, ''))) = rules.match_key
            and (rules.match_value = '*' or rules.match_value = lower(trim(evidence.match_value)))
            and evidence.{{ moments | first }} >= rules.valid_from
            and evidence.{{ moments | first }} < rules.valid_to
    where
        rules.scope in ('any', '{{ scope }}')
        and evidence.match_value is not null
        and trim(evidence.match_value) <> ''
    group by evidence.owner_key{% for moment in moments %}, evidence.{{ moment }}{% endfor %}
{%- endmacro %}

{% macro says_something(attribute) -%}
    ({{ attribute }} is not null and not ({{ attribute }} = '{value}' and lower(trim(evidence.match_value)) = 'unallocated'))
{%- endmacro %}
