{{ config(materialized='view') }}
-- Grain: one row per billed line of an append-only export that another file states as well, and that must not count a second time.
-- Such an export only ever gets more lines: its files add up, whatever day or folder they are of, and none restates another. What two files share is the same line delivered twice.
-- A line is known by its x_row_ref. One file may hold equal lines, and they all count: the nth of them in one file is the nth of them in another.
with

charges as (

    select
        x_charge_id,
        x_source,
        billing_account_id,
        x_row_ref,
        x_row_part,
        x_source_file,
        x_source_row_number,
        x_delivered_at,
        {{ statement_name('x_source_file') }} as statement
    from {{ ref('int_charges__unioned') }}
    where x_source in ('{{ append_only_sources() | join("', '") }}')

),

numbered as (

    select
        *,
        row_number() over (
            partition by x_source, billing_account_id, x_row_ref, x_row_part, statement order by x_source_file asc, x_source_row_number asc
        ) as line_copy
    from charges

),

ordered as (

    select
        *,
        row_number() over (
            partition by x_source, billing_account_id, x_row_ref, x_row_part, line_copy order by x_delivered_at desc, statement desc, x_source_file desc
        ) as statement_rank
    from numbered

)

select
    x_charge_id,
    x_source,
    x_source_file,
    x_source_row_number
from ordered
where statement_rank > 1
