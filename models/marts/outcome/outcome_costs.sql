-- Grain: one row per business outcome.
-- Conserves: all cost that outcomes explain, over all months of use. What no outcome explains stands under 'none' in outcome_costs_monthly.
{% set parts = outcome_amounts() + [
    'effective_cost_reporting', 'direct_cost_reporting', 'feature_cost_reporting', 'earlier_tries_cost_reporting', 'session_billed_cost_reporting', 'feature_billed_cost_reporting',
] -%}
with

events as (

    select * from {{ ref('int_outcomes__events') }}

),

links as (

    select
        links.*,
        coalesce(sessions.retry_cost_reporting, 0) as retry_cost_reporting
    from {{ ref('bridge_outcomes_sessions') }} as links
    left join {{ ref('int_agents__session_steps') }} as sessions on links.agent_session_id = sessions.agent_session_id

),

retries as (

    {{ split_by_weight('links', ['outcome_id', 'link_kind'], 'agent_session_id', 'link_weight', ['retry_cost_reporting'], 'outcome_id') }}

),

worked as (

    select
        outcome_id,
        count(*) as sessions,
        sum(case when link_kind = 'task' then 1 else 0 end) as earlier_tries,
        sum(retry_cost_reporting) as retry_cost_reporting
    from retries
    group by outcome_id

),

costs as (

    select
        outcome_id,
        {% for amount in outcome_amounts() + ['effective_cost_reporting'] -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        sum(case when link_kind = 'feature' then 0 else effective_cost_reporting end) as direct_cost_reporting,
        sum(case when link_kind = 'feature' then effective_cost_reporting else 0 end) as feature_cost_reporting,
        sum(case when link_kind = 'task' then effective_cost_reporting else 0 end) as earlier_tries_cost_reporting,
        sum(case when link_kind = 'feature' then 0 else effective_cost_reporting - estimated_cost_reporting - unallocated_cost_reporting end) as session_billed_cost_reporting,
        sum(case when link_kind = 'feature' then effective_cost_reporting - estimated_cost_reporting - unallocated_cost_reporting else 0 end) as feature_billed_cost_reporting
    from {{ ref('int_outcomes__costs') }}
    where outcome_id is not null
    group by outcome_id

),

joined as (

    select
        events.*,
        coalesce(worked.sessions, 0) as sessions,
        coalesce(worked.earlier_tries, 0) as earlier_tries,
        cast(coalesce(worked.retry_cost_reporting, 0) as decimal(38, 12)) as retry_cost_reporting,
        {% for part in parts -%}
        cast(coalesce(costs.{{ part }}, 0) as decimal(38, 12)) as {{ part }},
        {% endfor -%}
        events.feature || '|' || events.outcome_type || '|' || events.outcome_month as cell
    from events
    left join costs on events.outcome_id = costs.outcome_id
    left join worked on events.outcome_id = worked.outcome_id

),

-- What failed outcomes of a feature and month cost is paid for by its accepted ones; without any, each carries its own.
failed as (

    select
        cell,
        sum(case when is_success then 0 else effective_cost_reporting end) as failed_cost_reporting
    from joined
    group by cell
    having sum(case when is_success then 1 else 0 end) > 0

),

accepted as (

    select
        joined.outcome_id,
        joined.cell,
        1 as equal_weight,
        failed.failed_cost_reporting
    from joined
    -- A cell without an accepted outcome leaves here: its outcomes keep their own cost below.
    inner join failed on joined.cell = failed.cell
    where joined.is_success

),

carried as (

    {{ split_by_weight('accepted', ['outcome_id'], 'cell', 'equal_weight', ['failed_cost_reporting'], 'outcome_id') }}

)

select
    joined.outcome_id,
    joined.outcome_type,
    joined.feature,
    joined.occurred_at,
    joined.outcome_month,
    joined.is_success,
    joined.task_id,
    joined.attempt_number,
    cast(joined.records as bigint) as records,
    joined.is_restated,
    joined.first_outcome_month,
    joined.first_is_success,
    cast(joined.sessions as bigint) as sessions,
    cast(joined.earlier_tries as bigint) as earlier_tries,
    {% for part in parts -%}
    joined.{{ part }},
    {% endfor -%}
    joined.retry_cost_reporting,
    cast(
        case
            when failed.cell is null then joined.effective_cost_reporting
            when joined.is_success then joined.effective_cost_reporting + carried.failed_cost_reporting
            else 0
        end as decimal(38, 12)
    ) as accepted_cost_reporting
from joined
left join failed on joined.cell = failed.cell
left join carried on joined.outcome_id = carried.outcome_id
