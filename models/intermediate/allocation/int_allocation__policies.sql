-- Grain: one row per remaining pool that a dated policy rule fits, with the strongest rule of its day.
with

pools as (

    select * from {{ ref('int_allocation__remaining') }}

)

{{ match_allocation_rule('pools', 'shared') }}
