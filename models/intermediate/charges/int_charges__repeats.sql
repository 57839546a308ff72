-- Grain: one row per readable line of an append-only export that another file states as well, and that must not count a second time.
-- Such an export only ever gets more lines: its files add up, whatever day or folder they are of, and none restates another. What two files share is the same line delivered twice.
-- A line is known by its x_row_ref. One file may hold equal lines, and they all count: the nth of them in one file is the nth of them in another.
with

lines as (

    {% for model in append_only_sources() -%}
    select
        x_source,
        billing_account_id,
        x_row_ref,
        x_row_part,
        x_source_file,
        x_source_row_number,
        x_delivered_at,
        x_statement
    from {{ ref(model) }}
    where x_quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Few lines, and mostly none, are in two files: only those are set in order.
shared as (

    select
        x_source,
        billing_account_id,
        x_row_ref
    from lines
    group by x_source, billing_account_id, x_row_ref
    having min(x_statement) <> max(x_statement)

),

numbered as (

    select
        lines.*,
        row_number() over (
            partition by lines.x_source, lines.billing_account_id, lines.x_row_ref, lines.x_row_part, lines.x_statement
            order by lines.x_source_file asc, lines.x_source_row_number asc
        ) as line_copy
    from lines
    inner join shared  -- lines of one file alone are no repeats
        on
            lines.x_source = shared.x_source
            and lines.billing_account_id = shared.billing_account_id
            and lines.x_row_ref = shared.x_row_ref

),

-- The first delivered counts, so that delivering a file again changes nothing in a month that was closed meanwhile.
ordered as (

    select
        *,
        row_number() over (
            partition by x_source, billing_account_id, x_row_ref, x_row_part, line_copy order by x_delivered_at asc, x_statement asc, x_source_file asc
        ) as statement_rank
    from numbered

)

select
    x_source,
    x_source_file,
    x_source_row_number,
    x_row_part
from ordered
where statement_rank > 1
