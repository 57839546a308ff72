{% test accepted_range(model, column_name, min_value=none, max_value=none, rows_where='true', allow_empty=false) %}
    {#- Every value lies between the bounds, both included. A null is no value and passes: `not_null` is its own test. A column that is null throughout fails, since nothing was checked. -#}
    {%- if min_value is none and max_value is none -%}
        {{ exceptions.raise_compiler_error("accepted_range on " ~ model ~ "." ~ column_name ~ ": give min_value, max_value or both") }}
    {%- endif -%}

with model_rows as (

    select *
    from {{ model }}

),

rows_checked as (

    select *
    from model_rows
    where
        {{ column_name }} is not null
        and ({{ rows_where }})

),

counted as (

    select count(*) as row_count
    from rows_checked

),

broken as (

    select
        rows_checked.*,
        1 as is_out_of_range
    from rows_checked
    where
        not (
            true
            {%- if min_value is not none %}
            and {{ column_name }} >= {{ min_value }}
            {%- endif %}
            {%- if max_value is not none %}
            and {{ column_name }} <= {{ max_value }}
            {%- endif %}
        )

)

select
    case when counted.row_count = 0 then 'no values to check' else 'out of range' end as failure,
    broken.*
from counted
left join broken on true
where
    broken.is_out_of_range = 1
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
