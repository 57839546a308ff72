{% test expression_is_true(model, expression, column_name=none, rows_where='true', allow_empty=false) %}
    {#- Each row satisfies the expression. Unknown is not true: a null result fails. On a column the expression is read after its name (`>= 0`). -#}
    {%- set condition = column_name ~ ' ' ~ expression if column_name else expression -%}

with model_rows as (

    select *
    from {{ model }}

),

rows_checked as (

    select *
    from model_rows
    where {{ rows_where }}

),

counted as (

    select count(*) as row_count
    from rows_checked

),

broken as (

    select
        rows_checked.*,
        1 as is_not_true
    from rows_checked
    where not coalesce({{ condition }}, false)

)

select
    case when counted.row_count = 0 then 'no rows to check' else 'not true' end as failure,
    broken.*
from counted
left join broken on true
where
    broken.is_not_true = 1
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
