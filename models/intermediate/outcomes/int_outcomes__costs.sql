-- Grain: one row per usage month, feature, outcome type, outcome and how it is linked: by session, as an earlier try of its task, by feature, or by nothing.
-- Conserves: effective_cost_reporting of fct_cost_allocations. A session's cost goes to the outcomes it worked for, by weight; the rest of a feature's cost follows the outcomes
-- of its month by their policy weight; a feature without outcomes keeps its cost under outcome type 'none'.
{% set amounts = outcome_amounts() -%}
with

links as (

    select
        links.*,
        events.feature as outcome_feature
    from {{ ref('bridge_outcomes_sessions') }} as links
    left join {{ ref('int_outcomes__events') }} as events on links.outcome_id = events.outcome_id

),

linked_sessions as (

    select distinct agent_session_id from links

),

allocations as (

    select
        allocations.*,
        cast(date_trunc('month', allocations.usage_date) as date) as usage_month,
        linked_sessions.agent_session_id as linked_session_id
    from {{ ref('fct_cost_allocations') }} as allocations
    left join linked_sessions on allocations.agent_session_id = linked_sessions.agent_session_id

),

session_cells as (

    select
        usage_month,
        linked_session_id as agent_session_id,
        feature,
        {{ sum_outcome_measures() }}
    from allocations
    where linked_session_id is not null
    group by usage_month, linked_session_id, feature

),

feature_cells as (

    select
        usage_month,
        feature,
        {{ sum_outcome_measures() }}
    from allocations
    where linked_session_id is null
    group by usage_month, feature

),

session_rows as (

    select
        session_cells.*,
        {{ surrogate_key(['session_cells.usage_month', 'session_cells.agent_session_id', 'session_cells.feature']) }} as cell_id,
        coalesce(nullif(links.outcome_feature, 'unallocated'), session_cells.feature) as outcome_feature,
        links.outcome_id,
        links.outcome_type,
        links.link_kind,
        links.link_weight
    from session_cells
    -- Every cell is of a linked session.
    left join links on session_cells.agent_session_id = links.agent_session_id

),

session_split as (

    {{ split_by_weight('session_rows', ['usage_month', 'outcome_feature', 'outcome_type', 'outcome_id', 'link_kind'], 'cell_id', 'link_weight', amounts, 'outcome_id') }}

),

weighed_outcomes as (

    select
        *,
        cast(weight * 1000000 as bigint) as outcome_weight
    from {{ ref('int_outcomes__events') }}
    where weight > 0

),

feature_rows as (

    select
        feature_cells.*,
        {{ surrogate_key(['feature_cells.usage_month', 'feature_cells.feature']) }} as cell_id,
        coalesce(outcomes.outcome_type, 'none') as outcome_type,
        outcomes.outcome_id,
        case when outcomes.outcome_id is null then 'none' else 'feature' end as link_kind,
        coalesce(outcomes.outcome_weight, 1) as outcome_weight
    from feature_cells
    left join weighed_outcomes as outcomes
        on
            feature_cells.usage_month = outcomes.outcome_month
            and feature_cells.feature = outcomes.feature

),

feature_split as (

    {{ split_by_weight('feature_rows', ['usage_month', 'feature', 'outcome_type', 'outcome_id', 'link_kind'], 'cell_id', 'outcome_weight', amounts, 'outcome_id') }}

),

unioned as (

    select * from session_split
    union all
    select * from feature_split

)

select
    usage_month as outcome_month,
    outcome_feature as feature,
    outcome_type,
    outcome_id,
    link_kind,
    {% for amount in amounts -%}
    cast(sum({{ amount }}) as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    cast(sum({{ outcome_layers_total() }}) as decimal(38, 12)) as effective_cost_reporting
from unioned
group by usage_month, outcome_feature, outcome_type, outcome_id, link_kind
