{% test unique_combination(model, columns, rows_where='true', allow_empty=false) %}
    {#- The columns together name one row. Two nulls are the same value here, because a group by downstream would add them up. -#}

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
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        count(*) as rows_of_key
    from rows_checked
    group by {{ columns | join(', ') }}
    having count(*) > 1

)

select
    case when counted.row_count = 0 then 'no rows to check' else 'more than one row for this key' end as failure,
    broken.*
from counted
left join broken on true
where
    broken.rows_of_key > 1
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
