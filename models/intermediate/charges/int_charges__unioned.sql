{{ config(materialized='view') }}
-- Grain: one row per billed line that could be read, of every delivery and every source.
-- Conserves: nothing is added or dropped here but quarantined rows, which quarantined_rows lists.
with

{% for model in charge_sources() -%}
{{ model }} as (

    select
        {{ charge_columns() | join(',\n        ') }}
    from {{ ref(model) }}

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
