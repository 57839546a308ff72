{% test no_fanout(model, parent, key, parent_key=none, column_name=none, rows_where='true', parent_rows_where='true', every_row=false, allow_empty=false) %}
    {#-
        A join made no rows: for each key the model has at most as many rows as its parent. It is compared with the parent, never with itself, and key by key, so that
        a lost row can not hide a doubled one. A key the parent does not have fails. With every_row, a lost row fails too. A null key is a key.
    -#}
    {%- set keys = [key] if key is string else key -%}
    {%- set parent_keys = ([parent_key] if parent_key is string else parent_key) if parent_key else keys -%}

with model_rows as (

    select *
    from {{ model }}

),

parent_rows as (

    select *
    from {{ parent }}

),

stacked as (

    select
        {%- for name in keys %}
        {{ name }} as key_{{ loop.index }},
        {%- endfor %}
        1 as model_row,
        0 as parent_row
    from model_rows
    where {{ rows_where }}

    union all

    select
        {%- for name in parent_keys %}
        {{ name }} as key_{{ loop.index }},
        {%- endfor %}
        0 as model_row,
        1 as parent_row
    from parent_rows
    where {{ parent_rows_where }}

),

counted as (

    select
        count(*) as row_count,
        coalesce(sum(model_row), 0) as model_row_count,
        coalesce(sum(parent_row), 0) as parent_row_count
    from stacked

),

broken as (

    select
        {%- for name in keys %}
        key_{{ loop.index }},
        {%- endfor %}
        sum(model_row) as model_rows_of_key,
        sum(parent_row) as parent_rows_of_key,
        1 as is_broken
    from stacked
    group by
        {%- for name in keys %}
        key_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    having
        sum(model_row) > sum(parent_row)
        {%- if every_row %}
        or sum(model_row) < sum(parent_row)
        {%- endif %}

)

select
    case
        when counted.model_row_count = 0 then 'the model has no rows to check'
        when counted.parent_row_count = 0 then 'the parent has no rows to check against'
        when broken.model_rows_of_key > broken.parent_rows_of_key then 'more rows than the parent has'
        else 'fewer rows than the parent has'
    end as failure,
    broken.*
from counted
left join broken on true
where
    broken.is_broken = 1
    {%- if not allow_empty %}
    or counted.model_row_count = 0
    or counted.parent_row_count = 0
    {%- endif %}

{% endtest %}
