-- Grain: one row per instance type, owner of training jobs and month: on-demand training at the spot terms of its cloud, less the work a reclaim makes do again.
with

jobs as (

    select distinct resource_id
    from {{ ref('fct_charges') }}
    where
        layer = 'gpu'
        and charge_category = 'Usage'
        and x_charge_kind = 'usage'
        and pricing_quantity is not null
        and service_name = 'Amazon SageMaker'
        and x_usage_type like '%Train:%'
        and pricing_category = 'Standard'

),

-- Training jobs write checkpoints and may be interrupted; endpoints and notebooks may not.
training as (

    select ledger.*
    from {{ ref('fct_cost_allocations') }} as ledger
    -- Cost that is no training job's is no opportunity of this kind.
    inner join jobs on ledger.resource_id = jobs.resource_id
    where
        ledger.layer = 'gpu'
        and ledger.cost_basis = 'billed'

)

select
    'spot_for_training' as kind,
    'gpu' as layer,
    training.provider,
    training.sub_account_id,
    training.region_id,
    training.x_instance_type || ' training' as subject,
    training.team,
    training.feature,
    training.billing_month,
    concat_ws('|', training.provider, training.sub_account_id, training.region_id, training.x_instance_type) as overlap_key,
    'on-demand training jobs; spot discount less work done again (seed commitment_terms)' as evidence,
    count(*) as evidence_rows,
    cast(sum(training.effective_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(greatest(sum(round(training.effective_cost_reporting * (1 - (1 - terms.discount_low) * (1 + terms.rework_high)), 12)), 0) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(round(training.effective_cost_reporting * (1 - (1 - terms.discount) * (1 + terms.rework)), 12)) as decimal(38, 12)) as saving_reporting,
    cast(sum(round(training.effective_cost_reporting * (1 - (1 - terms.discount_high) * (1 + terms.rework_low)), 12)) as decimal(38, 12)) as saving_high_reporting
from training
-- A cloud whose terms nobody wrote down has no such saving.
inner join {{ ref('commitment_terms') }} as terms
    on
        training.provider = terms.provider
        and terms.plan = 'spot'
group by training.provider, training.sub_account_id, training.region_id, training.x_instance_type, training.team, training.feature, training.billing_month
