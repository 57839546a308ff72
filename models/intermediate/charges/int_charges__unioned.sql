{{ config(materialized='view') }}
-- Grain: one row per billed line that could be read, of every delivery and every source.
-- Conserves: nothing is added or dropped here but quarantined rows, which quarantined_rows lists, and lines that two files of an append-only export state (int_charges__repeats).
with

{% for model in charge_sources() -%}
{{ model }} as (

    select
        lines.{{ charge_columns() | join(',\n        lines.') }}
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
        {{ surrogate_key(['x_source', 'x_source_file', 'x_source_row_number', 'x_row_part']) }} as x_charge_id,
        *
    from unioned
    where
        x_quarantine_reason is null
        and x_cost_scope = 'normal'

)

select * from countable
