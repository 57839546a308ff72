{% test no_rows_where(model, condition, allow_empty=false) %}
    {#- No row is like this. The rows that are come back, to be acted on. A null condition is not met; write `is null` where null is the fault. -#}

with model_rows as (

    select *
    from {{ model }}

),

counted as (

    select count(*) as row_count
    from model_rows

),

broken as (

    select
        model_rows.*,
        1 as is_unwanted
    from model_rows
    where {{ condition }}

)

select
    case when counted.row_count = 0 then 'no rows to check' else 'a row that must not be' end as failure,
    broken.*
from counted
left join broken on true
where
    broken.is_unwanted = 1
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
