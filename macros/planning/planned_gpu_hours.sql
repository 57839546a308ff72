{% macro planned_gpu_hours(buyback, rework) -%}
    {#- Instance-hours a month paid under a plan: committed ones whether used or not, less what is bought back; spot with what is run again. -#}
    cast(
        case
            when inputs.gpu_plan in ('commit_1y', 'commit_3y') then inputs.hours_in_month * inputs.gpu_instances
            when inputs.gpu_plan = 'flexible'
                then inputs.hours_in_month * inputs.gpu_instances - greatest(inputs.hours_in_month * inputs.gpu_instances - inputs.gpu_hours, 0) * {{ buyback }}
            when inputs.gpu_plan = 'spot' then inputs.gpu_hours * (1 + {{ rework }})
            else inputs.gpu_hours
        end as decimal(28, 6)
    )
{%- endmacro %}

{% macro plan_month(discount, buyback, rework) -%}
    {#- What a month costs under a plan of commitment_plans. -#}
    cast(
        round(
            hour_price_usd * case
                when is_commitment then (1 - {{ discount }}) * (committed_hours - (committed_hours - covered_hours) * {{ buyback }}) + (gpu_hours - covered_hours)
                else gpu_hours * (1 - {{ discount }}) * (1 + {{ rework }})
            end, 12
        ) as decimal(38, 12)
    )
{%- endmacro %}

{% macro plan_stranded(discount, buyback) -%}
    {#- What is still owed when the work has moved to newer hardware, less what is bought back. A flexible plan is adjusted at the end of each term: the rest of the running one is owed. -#}
    cast(
        round(
            case
                when not is_commitment or gpu_change_month is null then 0
                when plan_kind = 'commitment' then greatest(term_months - gpu_change_month, 0)
                else (term_months - gpu_change_month % term_months) % term_months
            end * hour_price_usd * committed_hours * (1 - {{ discount }}) * (1 - {{ buyback }}), 12
        ) as decimal(38, 12)
    )
{%- endmacro %}
