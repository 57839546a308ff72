-- Grain: one row per billed line that could be read, of every delivery.
-- Conserves: nothing is added or dropped here but quarantined rows, which quarantined_rows lists.
with

aws_cur2 as (

    select * from {{ ref('stg_aws__cur2_line_items') }}

),

focus as (

    select * from {{ ref('stg_focus__charges') }}

),

unioned as (

    select * from aws_cur2
    union all
    select * from focus

),

-- A split row of EKS or ECS repeats money of its parent instance: it is evidence, never cost.
countable as (

    select
        {{ surrogate_key(['x_source', 'x_source_file', 'x_source_row_number']) }} as x_charge_id,
        *
    from unioned
    where
        x_quarantine_reason is null
        and x_cost_scope = 'normal'

)

select * from countable
