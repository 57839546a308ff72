{% test non_overlapping_intervals(model, key, valid_from='valid_from', valid_to='valid_to', rows_where='true', allow_empty=false) %}
    {#-
        At any time one row of a key is valid: intervals are half-open [valid_from, valid_to), a null start or end is open. Fails for a row that starts before an earlier one
        of its key has ended (wherever that one stands, so that a short interval inside a long one is found), and for a row that ends at or before its start.
    -#}
    {%- set keys = [key] if key is string else key -%}

with model_rows as (

    select *
    from {{ model }}

),

intervals as (

    select
        {%- for name in keys %}
        {{ name }},
        {%- endfor %}
        coalesce(cast({{ valid_from }} as timestamp), timestamp '0001-01-01 00:00:00') as starts_at,
        coalesce(cast({{ valid_to }} as timestamp), timestamp '9999-12-31 00:00:00') as ends_at
    from model_rows
    where {{ rows_where }}

),

counted as (

    select count(*) as row_count
    from intervals

),

compared as (

    select
        intervals.*,
        max(ends_at) over (
            partition by {{ keys | join(', ') }}
            order by starts_at, ends_at
            rows between unbounded preceding and 1 preceding
        ) as earlier_ends_at
    from intervals

),

broken as (

    select
        case when ends_at <= starts_at then 'ends before it starts' else 'overlaps an earlier interval' end as problem,
        compared.*
    from compared
    where
        ends_at <= starts_at
        or earlier_ends_at > starts_at

)

select
    case when counted.row_count = 0 then 'no rows to check' else broken.problem end as failure,
    broken.*
from counted
left join broken on true
where
    broken.problem is not null
    {%- if not allow_empty %}
    or counted.row_count = 0
    {%- endif %}

{% endtest %}
