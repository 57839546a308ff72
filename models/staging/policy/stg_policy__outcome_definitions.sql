-- Grain: one row per outcome type and feature.
with

source as (

    select * from {{ landing('policy', 'outcome_definitions') }}

)

select
    'policy_outcome_definitions' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['outcome_type is null', "'outcome_type is empty: it is needed. Write the kind of outcome'"],
        ['feature is null', "'feature is empty: it is needed. Write the feature whose cost it carries'"],
    ]) }} as x_quarantine_reason,

    outcome_type,
    feature,
    team,
    coalesce(weight, 1) as weight,
    comment
from source
