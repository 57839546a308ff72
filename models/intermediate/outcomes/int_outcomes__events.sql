-- Grain: one row per business outcome, once, however often its event was sent; the latest word on it counts, and what was said first is kept beside it.
with

events as (

    select
        *,
        row_number() over (
            partition by outcome_id
            order by coalesce(recorded_at, occurred_at) desc, occurred_at desc, x_source_file desc, x_source_row_number desc
        ) as record_rank,
        row_number() over (
            partition by outcome_id
            order by coalesce(recorded_at, occurred_at) asc, occurred_at asc, x_source_file asc, x_source_row_number asc
        ) as first_rank,
        count(*) over (partition by outcome_id) as records
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
    events.task_id,
    events.attempt_number,
    coalesce(definitions.weight, 1) as weight,
    events.records,
    cast(date_trunc('month', first_events.occurred_at) as date) as first_outcome_month,
    coalesce(first_events.success, false) as first_is_success,
    -- Sent again without another word is no revision.
    coalesce(events.success, false) <> coalesce(first_events.success, false)
    or date_trunc('month', events.occurred_at) <> date_trunc('month', first_events.occurred_at)
    or events.outcome_type <> first_events.outcome_type as is_restated
from events
left join events as first_events
    on
        events.outcome_id = first_events.outcome_id
        and first_events.first_rank = 1
left join definitions on events.outcome_type = definitions.outcome_type
where events.record_rank = 1
