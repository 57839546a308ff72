{% test shares_sum_to_one(model, column_name, group_by, rows_where='true', tolerance=1e-9, allow_empty=false) %}
    {#- The shares of one pool add up to one: no consumer is left out and none counts twice. A null share fails, since sum() would skip it. -#}
    {%- set keys = [group_by] if group_by is string else group_by -%}

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
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        count(*) as group_row_count,
        sum(case when {{ column_name }} is null then 1 else 0 end) as null_share_count,
        sum({{ column_name }}) as share_total,
        1 as is_broken
    from rows_checked
    group by {{ keys | join(', ') }}
    having
        sum(case when {{ column_name }} is null then 1 else 0 end) > 0
        or sum({{ column_name }}) is null
        or not (abs(sum({{ column_name }}) - 1) <= {{ tolerance }})

)

select
    case when counted.row_count = 0 then 'no rows to check' else 'shares do not sum to one' end as failure,
    broken.*
from counted
left join broken on true
where
    broken.is_broken = 1
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
