{% test conserves_total(model, to, column_name=none, columns=none, to_columns=none, group_by=[], to_group_by=none, rows_where='true', to_rows_where=none, tolerance=0, allow_empty=false) %}
    {#-
        Money in equals money out. Both sides are stacked and summed by key, so that a null key meets a null key and nothing is lost or multiplied in a join.
        Fails, one row per group and column, when the totals differ by more than the tolerance, when a group is on one side only, and when an amount is null
        (sum() skips a null, so that a lost amount would hide in it). Fails on an empty side, unless allow_empty.
    -#}
    {%- set measured = columns if columns else [column_name] -%}
    {%- set compared = to_columns if to_columns else measured -%}
    {%- set keys = [group_by] if group_by is string else group_by -%}
    {%- set to_keys = ([to_group_by] if to_group_by is string else to_group_by) if to_group_by else keys -%}
    {%- if measured == [none] or measured | length != compared | length or keys | length != to_keys | length -%}
        {{ exceptions.raise_compiler_error("conserves_total on " ~ model ~ ": give column_name or columns, and as many to_columns and to_group_by as there are columns and group_by") }}
    {%- endif -%}

with model_rows as (

    select *
    from {{ model }}

),

to_rows as (

    select *
    from {{ to }}

),

stacked as (
    {% for measure in measured %}
    select
        {%- for key in keys %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        '{{ measure }}' as measure,
        1 as model_row,
        0 as to_row,
        case when {{ measure }} is null then 1 else 0 end as null_amount,
        {{ measure }} as model_amount,
        null as to_amount
    from model_rows
    where {{ rows_where }}

    union all

    select
        {%- for key in to_keys %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        '{{ measure }}' as measure,
        0 as model_row,
        1 as to_row,
        case when {{ compared[loop.index0] }} is null then 1 else 0 end as null_amount,
        null as model_amount,
        {{ compared[loop.index0] }} as to_amount
    from to_rows
    where {{ to_rows_where if to_rows_where is not none else rows_where }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

totals as (

    select
        {%- for key in keys %}
        key_{{ loop.index }},
        {%- endfor %}
        measure,
        sum(model_row) as model_row_count,
        sum(to_row) as to_row_count,
        sum(null_amount) as null_amount_count,
        sum(model_amount) as model_total,
        sum(to_amount) as to_total
    from stacked
    group by
        {%- for key in keys %}
        key_{{ loop.index }},
        {%- endfor %}
        measure

),

sides as (

    select
        (select count(*) from model_rows where {{ rows_where }}) as model_row_count,
        (select count(*) from to_rows where {{ to_rows_where if to_rows_where is not none else rows_where }}) as to_row_count

),

broken as (

    select
        case
            when model_row_count = 0 then 'lost: the group is on the other side only'
            when to_row_count = 0 then 'invented: the group is in the model only'
            when null_amount_count > 0 then 'an amount is null'
            else 'totals differ'
        end as problem,
        totals.*,
        model_total - to_total as difference
    from totals
    where
        model_row_count = 0
        or to_row_count = 0
        or null_amount_count > 0
        or model_total is null
        or to_total is null
        or not (abs(model_total - to_total) <= {{ tolerance }})

)

select
    case
        when sides.model_row_count = 0 then 'the model has no rows to compare'
        when sides.to_row_count = 0 then 'the other side has no rows to compare'
        else broken.problem
    end as failure,
    broken.*
from sides
left join broken on true
where
    broken.problem is not null
    {%- if not allow_empty %}
    or sides.model_row_count = 0
    or sides.to_row_count = 0
    {%- endif %}

{% endtest %}
