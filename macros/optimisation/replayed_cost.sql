{% macro replayed_cost(cost, price_as_used, price_changed) -%}
    {#- What a billed amount would have been at another list price: the discount the bill shows stays. Whole numbers, rounded once. Without both prices nothing changes. -#}
    coalesce(
        {{ mul_div(cost, 'cast(' ~ price_changed ~ ' * 1000000000000000 as hugeint)', 'cast(' ~ price_as_used ~ ' * 1000000000000000 as hugeint)') }},
        {{ cost }}
    )
{%- endmacro %}
