-- Grain: one row per pool, consumer and ladder step.
-- Conserves: every amount of every pool. A step sees only what the step before left: direct, metered, idle, shared, unallocated.
{% set columns = allocation_columns() | join(', ') -%}
with

metered as (

    select {{ columns }}
    from {{ ref('int_allocation__metered') }}
    where allocation_step <> 'idle'

)

select {{ columns }} from {{ ref('int_allocation__direct') }}
union all
select {{ columns }} from metered
union all
select {{ columns }} from {{ ref('int_allocation__idle') }}
union all
select {{ columns }} from {{ ref('int_allocation__shared') }}
union all
select {{ columns }} from {{ ref('int_allocation__followed') }}
union all
select {{ columns }} from {{ ref('int_allocation__unallocated') }}
