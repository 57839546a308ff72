{% macro current_teams() -%}
    {#- A query: one row per team that was renamed, with the name it has now, however often it was. -#}
    select
        team,
        max_by(renamed_to, renamed_on) as renamed_to
    from {{ ref('stg_policy__team_renames') }}
    where x_quarantine_reason is null
    group by team
{%- endmacro %}
