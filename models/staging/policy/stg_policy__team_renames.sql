-- Grain: one row per team that changed its name.
with

source as (

    select * from {{ landing('policy', 'team_renames') }}

)

select
    'policy_team_renames' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['team is null', "'team is empty: it is needed. Write the name the team had'"],
        ['renamed_to is null', "'renamed_to is empty: it is needed. Write the name the team has since'"],
        ['renamed_on is null', "'renamed_on is empty or no date: it is needed. Write the first day of the new name as YYYY-MM-DD'"],
    ]) }} as x_quarantine_reason,

    lower(trim(team)) as team,
    lower(trim(renamed_to)) as renamed_to,
    renamed_on,
    comment
from source
