-- Grain: one row per cap on the steps of a team's feature, and month its sessions began in: what the steps beyond the cap were billed.
-- Read from agent_sessions_cut. A runaway session is left out: it is found once, by int_optimisation__runaway_sessions.
with

sessions as (

    select
        agent_session_id,
        agent_name,
        team,
        feature,
        cast(date_trunc('month', started_at) as date) as billing_month,
        steps,
        is_success,
        coalesce(is_runaway, false) as is_runaway,
        effective_cost_reporting
    from {{ ref('agent_session_costs') }}

),

cuts as (

    select
        cut.step_cap,
        cut.team,
        cut.feature,
        cut.session_month as billing_month,
        count(*) as cut_sessions,
        sum(case when cut.loses_success then 1 else 0 end) as lost_successes,
        sum(case when cut.is_success is not distinct from false then cut.cut_cost_reporting else 0 end) as failed_cost,
        sum(case when cut.loses_success then 0 else cut.cut_cost_reporting end) as unlost_cost,
        sum(cut.cut_cost_reporting) as cut_cost
    from {{ ref('agent_sessions_cut') }} as cut
    -- Each cut is of a session of the mart the sessions are read from.
    inner join sessions on cut.agent_session_id = sessions.agent_session_id
    where not sessions.is_runaway
    group by cut.step_cap, cut.team, cut.feature, cut.session_month

),

totals as (

    select
        team,
        feature,
        billing_month,
        count(*) as sessions,
        sum(effective_cost_reporting) as cost
    from sessions
    where not is_runaway
    group by team, feature, billing_month

),

touched as (

    select
        step_cap,
        team,
        feature,
        sum(cut_sessions) as cut_sessions
    from cuts
    group by step_cap, team, feature

),

features as (

    select
        team,
        feature,
        sum(sessions) as sessions
    from totals
    group by team, feature

),

-- A cap is proposed where it touches at most one session in ten, of all months together: a lower one changes what the agent is. The lowest such cap is taken.
proposed as (

    select
        cuts.team,
        cuts.feature,
        min(cuts.step_cap) as step_cap
    from touched as cuts
    inner join features
        on
            cuts.team = features.team
            and cuts.feature = features.feature
    where cuts.cut_sessions * 10 <= features.sessions
    group by cuts.team, cuts.feature

)

select
    'agent_step_cap' as kind,
    'agents' as layer,
    cast(null as varchar) as provider,
    cast(null as varchar) as sub_account_id,
    cast(null as varchar) as region_id,
    'cap of ' || cast(cuts.step_cap as varchar) || ' steps' as subject,
    cuts.team,
    cuts.feature,
    cuts.billing_month,
    cuts.team || '|' || cuts.feature as overlap_key,
    'sessions with more steps; each success among them would be lost (agent_step_cap_costs)' as evidence,
    cuts.cut_sessions as evidence_rows,
    cast(totals.cost as decimal(38, 12)) as current_cost_reporting,
    -- Low: what was spent on sessions known to have failed. Likely: beside the successes, which are not worth losing. High: everything beyond the cap.
    cast(cuts.failed_cost as decimal(38, 12)) as saving_low_reporting,
    cast(cuts.unlost_cost as decimal(38, 12)) as saving_reporting,
    cast(cuts.cut_cost as decimal(38, 12)) as saving_high_reporting
from cuts
inner join proposed
    on
        cuts.team = proposed.team
        and cuts.feature = proposed.feature
        and cuts.step_cap = proposed.step_cap
inner join totals
    on
        cuts.team = totals.team
        and cuts.feature = totals.feature
        and cuts.billing_month = totals.billing_month
