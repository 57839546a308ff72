{% macro dated_rule_winners(candidates, key, attributes) -%}
    {#-
        Which rule speaks for a key, and when: one row per key and interval [valid_from, valid_to) in which one rule wins, the lowest priority of those valid there.
        candidates: relation (key, priority, valid_from, valid_to, …attributes), one row per key and rule that fits it; null ends are open.
        Days no rule is valid on have no row: whoever joins the result joins it left.
    -#}
    with

    {{ key }}_candidates as (

        select
            {{ key }},
            priority,
            coalesce(valid_from, date '1900-01-01') as valid_from,
            coalesce(valid_to, date '9999-12-31') as valid_to,
            {{ attributes | join(',\n            ') }}
        from {{ candidates }}

    ),

    {{ key }}_edges as (

        select
            {{ key }},
            valid_from as edge
        from {{ key }}_candidates
        union
        select
            {{ key }},
            valid_to as edge
        from {{ key }}_candidates

    ),

    {{ key }}_segments as (

        select
            {{ key }},
            edge as valid_from,
            lead(edge) over (partition by {{ key }} order by edge) as valid_to
        from {{ key }}_edges

    )

    -- The last edge begins nothing and leaves here.
    select
        segments.{{ key }},
        segments.valid_from,
        segments.valid_to,
        {% for attribute in attributes -%}
        min_by(rules.{{ attribute }}, rules.priority) as {{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ key }}_segments as segments
    inner join {{ key }}_candidates as rules
        on
            segments.{{ key }} = rules.{{ key }}
            and segments.valid_from >= rules.valid_from
            and segments.valid_to <= rules.valid_to
    group by segments.{{ key }}, segments.valid_from, segments.valid_to
{%- endmacro %}
