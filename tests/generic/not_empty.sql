{% test not_empty(model, rows_where='true') %}
    {#- There is at least one row (of the kind asked for): a relation that is silently empty passes every other check. -#}

with model_rows as (

    select *
    from {{ model }}

),

counted as (

    select count(*) as row_count
    from model_rows
    where {{ rows_where }}

)

select
    'no rows' as failure,
    row_count
from counted
where row_count = 0

{% endtest %}
