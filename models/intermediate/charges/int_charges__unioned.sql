{{ config(materialized='view') }}
-- Grain: one row per billed line that could be read, of every delivery and every source.
-- Conserves: nothing is added or dropped here but quarantined rows, which quarantined_rows lists, and lines that two files of an append-only export state (int_charges__repeats).
with

{% for model in charge_sources() -%}
{{ model }} as (

    select
        lines.{{ (charge_columns() | reject('equalto', 'x_quarantine_reason') | list) | join(',\n        lines.') }},
        {{ row_hash(sku_key_columns(model)) }} as sku_hash
    from {{ ref(model) }} as lines
    {% if model in append_only_sources() -%}
    left join {{ ref('int_charges__repeats') }} as repeats
        on
            lines.x_source_file = repeats.x_source_file
            and lines.x_source_row_number = repeats.x_source_row_number
            and lines.x_row_part = repeats.x_row_part
    where repeats.x_source_file is null
    {%- endif %}

),

{% endfor -%}
unioned as (

    {% for model in charge_sources() -%}
    select * from {{ model }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A split row of EKS or ECS repeats money of its parent instance: it is evidence, never cost.
countable as (

    select
        {{ surrogate_key(['unioned.x_source', 'unioned.x_source_file', 'unioned.x_source_row_number', 'unioned.x_row_part']) }} as x_charge_id,
        unioned.*,
        cast(null as varchar) as x_quarantine_reason
    from unioned
    left join {{ ref('int_charges__unreadable') }} as unreadable
        on
            unioned.x_source = unreadable.x_source
            and unioned.x_source_file is not distinct from unreadable.x_source_file
            and unioned.x_source_row_number is not distinct from unreadable.x_source_row_number
            and unioned.x_row_part is not distinct from unreadable.x_row_part
    where
        unreadable.x_source is null
        and unioned.x_cost_scope = 'normal'

)

select * from countable
