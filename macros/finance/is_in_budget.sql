{% macro is_in_budget(budget, spend) -%}
    {#- Is a row of int_budgets__spend_daily in the scope of a budget? An empty team or feature is any; an outcome's cost is the same money again, so it counts where the budget names outcomes and nowhere else. -#}
    ({{ budget }}.team is null or {{ budget }}.team = {{ spend }}.team)
    and ({{ budget }}.feature is null or {{ budget }}.feature = {{ spend }}.feature)
    and {{ budget }}.outcome_type is not distinct from {{ spend }}.outcome_type
{%- endmacro %}
