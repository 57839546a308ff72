-- Grain: one row per kind of opportunity, subject, owner and billing month: what was paid, and what the same use would have cost after the change.
-- Conserves: nothing; kinds overlap, and current costs of two kinds may be the same money. The low figure is what the evidence is sure of, the high one the most it allows.
with

evidence as (

    {% for model in ['repriced', 'prompts', 'runaway_sessions', 'step_caps', 'gpu_idle', 'steady_use', 'spot_training', 'stored', 'vector_floors', 'store_traffic'] -%}
    select
        {{ evidence_columns() | join(',\n        ') }}
    from {{ ref('int_optimisation__' ~ model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

renames as (

    {{ current_teams() }}

),

-- A renamed team is one team: whoever owns the change today.
owned as (

    select
        evidence.*,
        coalesce(renames.renamed_to, evidence.team) as owner_team
    from evidence
    left join renames on evidence.team = renames.team

)

select
    {{ surrogate_key(['kind', 'provider', 'sub_account_id', 'region_id', 'subject', 'owner_team', 'feature']) }} as opportunity_id,
    kind,
    layer,
    provider,
    sub_account_id,
    region_id,
    subject,
    owner_team as team,
    feature,
    billing_month,
    max(evidence) as evidence,
    cast(sum(evidence_rows) as bigint) as evidence_rows,
    cast(sum(current_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(saving_low_reporting) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(saving_reporting) as decimal(38, 12)) as saving_reporting,
    cast(sum(saving_high_reporting) as decimal(38, 12)) as saving_high_reporting,
    -- What may save the same money: a feature's inference, a fleet, a store.
    case when layer in ('inference', 'agents') then owner_team || '|' || feature else max(overlap_key) end as overlap_key
from owned
group by kind, layer, provider, sub_account_id, region_id, subject, owner_team, feature, billing_month
