-- Grain: one row per opportunity: what could be changed, what it would have saved over the months of its evidence, what could go wrong, and what is left of it after the ones before it.
-- Conserves: every row of optimisation_evidence above the smallest monthly saving of its kind (seed optimisation_kinds). Combined savings add up; the others do not.
with

evidence as (

    select * from {{ ref('optimisation_evidence') }}

),

kinds as (

    select * from {{ ref('optimisation_kinds') }}

),

summed as (

    select
        opportunity_id,
        kind,
        layer,
        provider,
        sub_account_id,
        region_id,
        subject,
        team,
        feature,
        overlap_key,
        min(billing_month) as evidence_from,
        max(billing_month) as evidence_to,
        count(*) as evidence_months,
        sum(evidence_rows) as evidence_rows,
        max(evidence) as evidence,
        sum(current_cost_reporting) as current_cost_reporting,
        sum(saving_low_reporting) as saving_low_reporting,
        sum(saving_reporting) as saving_reporting,
        sum(saving_high_reporting) as saving_high_reporting
    from evidence
    group by opportunity_id, kind, layer, provider, sub_account_id, region_id, subject, team, feature, overlap_key

),

worthwhile as (

    select
        summed.*,
        kinds.combine_order,
        kinds.confidence,
        kinds.what_to_change,
        kinds.what_could_go_wrong,
        kinds.source
    from summed
    left join kinds on summed.kind = kinds.kind
    -- A kind the seed does not know is shown, never lost.
    where case when summed.saving_reporting > 0 then summed.saving_reporting else summed.saving_high_reporting end >= coalesce(kinds.min_monthly_saving, 0) * summed.evidence_months

),

-- What a kind takes off its own money: a share, so a double; the money it is taken off is rounded once. A runaway session is not in the step caps, and takes nothing off them.
taken as (

    select
        overlap_key,
        kind,
        combine_order,
        least(cast(sum(saving_reporting) as double) / nullif(cast(sum(current_cost_reporting) as double), 0), 0.999999) as taken_share
    from worthwhile
    where kind <> 'runaway_session'
    group by overlap_key, kind, combine_order

),

-- Changes that multiply prices meet as products: a tenth off, then half of the rest. Where kinds share only a part of their money this leaves too little, never too much.
remaining as (

    select
        later_one.opportunity_id,
        exp(sum(ln(1 - taken.taken_share))) as left_share
    from worthwhile as later_one
    inner join taken
        on
            later_one.overlap_key = taken.overlap_key
            and later_one.combine_order > taken.combine_order
    group by later_one.opportunity_id

)

select
    worthwhile.opportunity_id,
    worthwhile.kind,
    worthwhile.layer,
    worthwhile.provider,
    worthwhile.sub_account_id,
    worthwhile.region_id,
    worthwhile.subject,
    worthwhile.team,
    worthwhile.feature,
    worthwhile.evidence_from,
    worthwhile.evidence_to,
    worthwhile.evidence_months,
    cast(worthwhile.evidence_rows as bigint) as evidence_rows,
    worthwhile.evidence,
    cast(worthwhile.current_cost_reporting as decimal(38, 12)) as current_cost_reporting,
    cast(worthwhile.saving_low_reporting as decimal(38, 12)) as saving_low_reporting,
    cast(worthwhile.saving_reporting as decimal(38, 12)) as saving_reporting,
    cast(worthwhile.saving_high_reporting as decimal(38, 12)) as saving_high_reporting,
    {{ mul_div('worthwhile.saving_reporting', '1', 'worthwhile.evidence_months') }} as monthly_saving_reporting,
    worthwhile.combine_order,
    worthwhile.overlap_key,
    cast(round(worthwhile.saving_reporting * cast(coalesce(remaining.left_share, 1) as decimal(13, 12)), 12) as decimal(38, 12)) as combined_saving_reporting,
    worthwhile.confidence,
    worthwhile.what_to_change,
    worthwhile.what_could_go_wrong,
    worthwhile.source
from worthwhile
left join remaining on worthwhile.opportunity_id = remaining.opportunity_id
