{#- The rows of a usage relation that took no share of any pool: at no key level did a billed pool of their period use their key.
    Exact to the split: a key that exists on the bill but was served by better-known usage does not count as costed. -#}
{% macro usage_without_cost(family, relation, rename={}) -%}
    select usage.*
    from (
        select
            keyed.*,
            {% for level in range(1, 4) -%}
            {%- set parts = [] -%}
            {%- for part in pool_match_keys()[family][level - 1] -%}{%- do parts.append(rename.get(part, part)) -%}{%- endfor -%}
            {{ match_key(parts) }} as match_key_{{ level }},
            {% endfor -%}
            date_trunc('day', keyed.usage_hour) as usage_day,
            date_trunc('month', keyed.usage_hour) as usage_month
        from {{ relation }} as keyed
    ) as usage
    {% for level in range(1, 4) -%}
    {% for grain, column in [('hour', 'usage_hour'), ('day', 'usage_day'), ('month', 'usage_month'), ('span', none)] -%}
    left join {{ ref('int_allocation__costed_keys') }} as costed_{{ level }}_{{ grain }}
        on
            costed_{{ level }}_{{ grain }}.driver_family = '{{ family }}'
            and costed_{{ level }}_{{ grain }}.key_level = {{ level }}
            and costed_{{ level }}_{{ grain }}.pool_grain = '{{ grain }}'
            and costed_{{ level }}_{{ grain }}.match_key = usage.match_key_{{ level }}
            {% if column -%}
            and costed_{{ level }}_{{ grain }}.match_period_start = usage.{{ column }}
            {% else -%}
            and usage.usage_hour >= costed_{{ level }}_{{ grain }}.match_period_start
            and usage.usage_hour < costed_{{ level }}_{{ grain }}.match_period_end
            {% endif -%}
    {% endfor -%}
    {% endfor -%}
    where
        {% for level in range(1, 4) -%}
        {% for grain in ['hour', 'day', 'month', 'span'] -%}
        {{ 'and ' if not (loop.first and level == 1) }}costed_{{ level }}_{{ grain }}.match_key is null
        {% endfor -%}
        {% endfor -%}
{%- endmacro %}
