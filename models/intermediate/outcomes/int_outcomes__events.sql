-- Grain: one row per business outcome, once, however often its event was sent; the latest word on it counts.
with

events as (

    select
        *,
        row_number() over (
            partition by outcome_id
            order by occurred_at desc, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_business__outcomes') }}
    where x_quarantine_reason is null

),

definitions as (

    select
        outcome_type,
        min_by(lower(trim(feature)), coalesce(comment, '') || feature) as feature,
        max(coalesce(weight, 1)) as weight
    from {{ ref('stg_policy__outcome_definitions') }}
    where x_quarantine_reason is null
    group by outcome_type

)

select
    events.outcome_id,
    events.outcome_type,
    -- The event's own feature first; else the feature policy says this kind of outcome comes from.
    coalesce(nullif(lower(trim(events.feature)), ''), definitions.feature, 'unallocated') as feature,
    events.occurred_at,
    cast(date_trunc('month', events.occurred_at) as date) as outcome_month,
    coalesce(events.success, false) as is_success,
    events.agent_session_id,
    coalesce(definitions.weight, 1) as weight
from events
left join definitions on events.outcome_type = definitions.outcome_type
where events.record_rank = 1
