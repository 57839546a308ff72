-- Grain: one row per outcome and agent session that worked for it.
-- Conserves: nothing by itself; the weights of a session add up to its weight_total, so that no session is paid for twice, however many outcomes it had.
with

outcomes as (

    select * from {{ ref('int_outcomes__events') }}

),

sessions as (

    select
        costs.agent_session_id,
        costs.started_at,
        costs.feature,
        runs.task_id,
        runs.attempt_number
    from {{ ref('int_agents__session_steps') }} as costs
    left join {{ ref('int_agents__sessions') }} as runs on costs.agent_session_id = runs.agent_session_id

),

-- Every session any word on the outcome named. A session that cost nothing we saw is named all the same.
named as (

    select distinct
        outcome_id,
        agent_session_id,
        'session' as link_kind
    from {{ ref('stg_business__outcomes') }}
    where
        x_quarantine_reason is null
        and agent_session_id is not null

),

unnamed as (

    select outcomes.*
    from outcomes
    left join named on outcomes.outcome_id = named.outcome_id
    where named.outcome_id is null

),

tried as (

    select
        unnamed.outcome_id,
        sessions.agent_session_id,
        'task_attempt' as link_kind
    from unnamed
    inner join sessions
        on
            unnamed.task_id = sessions.task_id
            and unnamed.attempt_number = sessions.attempt_number

),

linked as (

    select * from named
    union
    select * from tried

),

taken as (

    select distinct agent_session_id from linked

),

-- The task of an outcome: its own word, else that of the session it names.
tasks as (

    select distinct
        outcomes.outcome_id,
        outcomes.feature,
        outcomes.occurred_at,
        coalesce(outcomes.task_id, sessions.task_id) as task_id
    from outcomes
    left join linked on outcomes.outcome_id = linked.outcome_id
    left join sessions on linked.agent_session_id = sessions.agent_session_id
    where coalesce(outcomes.task_id, sessions.task_id) is not null

),

-- A session no outcome names was an earlier try: it belongs to the next outcome of its task, or to all that come at that moment.
candidates as (

    select
        tasks.outcome_id,
        sessions.agent_session_id,
        tasks.occurred_at,
        min(tasks.occurred_at) over (partition by sessions.agent_session_id) as next_outcome_at
    from sessions
    inner join tasks
        on
            sessions.task_id = tasks.task_id
            and sessions.started_at <= tasks.occurred_at
            and (sessions.feature = tasks.feature or sessions.feature = 'unallocated' or tasks.feature = 'unallocated')
    left join taken on sessions.agent_session_id = taken.agent_session_id
    where taken.agent_session_id is null

),

links as (

    select * from linked
    union all
    select
        outcome_id,
        agent_session_id,
        'task' as link_kind
    from candidates
    where occurred_at = next_outcome_at

),

weighed as (

    select
        links.outcome_id,
        links.agent_session_id,
        links.link_kind,
        outcomes.outcome_type,
        outcomes.is_success,
        outcomes.occurred_at,
        cast(outcomes.weight * 1000000 as bigint) as policy_weight,
        cast(sum(outcomes.weight * 1000000) over (partition by links.agent_session_id) as bigint) as policy_total,
        count(*) over (partition by links.agent_session_id) as links_of_session
    from links
    -- Left: every link is of a record that counts, and every outcome has one.
    left join outcomes on links.outcome_id = outcomes.outcome_id

)

select
    outcome_id,
    agent_session_id,
    link_kind,
    outcome_type,
    is_success,
    occurred_at,
    -- Where policy gives the outcomes of a session no weight, they share it equally.
    cast(case when policy_total > 0 then policy_weight else 1 end as bigint) as link_weight,
    cast(case when policy_total > 0 then policy_total else links_of_session end as bigint) as weight_total
from weighed
