-- From the files to the stream of charges: every readable line of every bill is in int_charges__unioned with its money, negative ones included. What is not there is
-- quarantined, a split row that repeats its parent's money, or a line that another file of an append-only export states.
with

readable as (

    {% for model in charge_sources() -%}
    select
        x_source,
        x_source_file,
        x_source_row_number,
        x_row_part,
        billed_cost,
        effective_cost
    from {{ ref(model) }}
    where
        x_quarantine_reason is null
        and x_cost_scope is distinct from 'split_child'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A kind of bill may be more than one model: Google's credits that stand apart are charges of their own.
staged as (

    select
        readable.x_source,
        count(*) as lines,
        sum(readable.billed_cost) as billed_cost,
        sum(readable.effective_cost) as effective_cost
    from readable
    left join {{ ref('int_charges__repeats') }} as repeats
        on
            readable.x_source_file = repeats.x_source_file
            and readable.x_source_row_number = repeats.x_source_row_number
            and readable.x_row_part = repeats.x_row_part
    where repeats.x_source_file is null
    group by readable.x_source

),

counted as (

    select
        x_source,
        count(*) as lines,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('int_charges__unioned') }}
    group by x_source

)

select
    coalesce(staged.x_source, counted.x_source) as x_source,
    staged.lines as staged_lines,
    counted.lines as counted_lines,
    staged.billed_cost as staged_billed_cost,
    counted.billed_cost as counted_billed_cost
from staged
full join counted on staged.x_source = counted.x_source
where
    staged.lines is distinct from counted.lines
    or staged.billed_cost is distinct from counted.billed_cost
    or staged.effective_cost is distinct from counted.effective_cost
