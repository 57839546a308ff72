-- Grain: one row per landing row that could not be used, and per landing file that could not be read, or waits for its delivery to be complete (row number null).
-- An input row is either in the warehouse or here, with its file, row number, reason and fix.
with

files as (

    select
        source,
        file_path as source_file,
        cast(null as bigint) as source_row_number,
        'file_' || status as kind,
        reason
    from {{ ref('landing_files') }}
    where status in ('unreadable', 'ignored', 'waiting')

),

staged as (

    select
        x_source as source,
        x_source_file as source_file,
        cast(x_source_row_number as bigint) as source_row_number,
        'row' as kind,
        x_quarantine_reason as reason
    from {{ ref('int_charges__unreadable') }}
    union all
    {% for model in staged_models() if model not in charge_sources() -%}
    select
        x_source as source,
        x_source_file as source_file,
        cast(x_source_row_number as bigint) as source_row_number,
        'row' as kind,
        x_quarantine_reason as reason
    from {{ ref(model) }}
    where x_quarantine_reason is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from files
union all
select * from staged
union all
select
    source,
    source_file,
    source_row_number,
    kind,
    reason
from {{ ref('int_charges__unread_quantities') }}
