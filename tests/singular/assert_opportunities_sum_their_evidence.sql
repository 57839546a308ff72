-- Law 9: each opportunity is the sum of its evidence, and no kind reports more money than its evidence holds. A returned row is an opportunity whose amounts are not those of its months.
with

evidence as (

    select
        opportunity_id,
        sum(current_cost_reporting) as current_cost_reporting,
        sum(saving_low_reporting) as saving_low_reporting,
        sum(saving_reporting) as saving_reporting,
        sum(saving_high_reporting) as saving_high_reporting
    from {{ ref('optimisation_evidence') }}
    group by opportunity_id

)

select opportunities.opportunity_id
from {{ ref('optimisation_opportunities') }} as opportunities
left join evidence on opportunities.opportunity_id = evidence.opportunity_id
where
    evidence.opportunity_id is null
    or opportunities.current_cost_reporting <> evidence.current_cost_reporting
    or opportunities.saving_low_reporting <> evidence.saving_low_reporting
    or opportunities.saving_reporting <> evidence.saving_reporting
    or opportunities.saving_high_reporting <> evidence.saving_high_reporting
