-- Grain: one row per accepted saving and billed month since its change began: what was promised, and what the bill shows, adjusted for volume.
-- Conserves: the effective cost of the ledger where the saving is followed. Realised: the baseline month's cost times units now over units then, less the cost now.
-- A month the change began in counts whole, and is marked.
with

accepted as (

    select *
    from {{ ref('stg_policy__accepted_savings') }}
    where x_quarantine_reason is null

),

-- Units are comparable inside one driver and kind only: each is adjusted by itself, so that a move between kinds is part of the saving, not of the volume.
followed as (

    select
        accepted.saving_id,
        ledger.billing_month,
        case
            when ledger.driver = 'tokens' and ledger.token_kind = 'output' then 'output tokens'
            when ledger.driver = 'tokens' then 'input tokens'
            else ledger.driver
        end as volume_of,
        sum(ledger.effective_cost_reporting) as cost,
        sum(ledger.driver_units) as units
    from accepted
    left join {{ ref('fct_cost_allocations') }} as ledger
        on
            (accepted.layer is null or accepted.layer = ledger.layer)
            and (accepted.provider is null or accepted.provider = ledger.provider)
            and (accepted.sub_account_id is null or accepted.sub_account_id = ledger.sub_account_id)
            and (accepted.team is null or accepted.team = ledger.team)
            and (accepted.feature is null or accepted.feature = ledger.feature)
            and (accepted.model_id is null or accepted.model_id = ledger.model_id)
            and (accepted.resource_id is null or accepted.resource_id = ledger.resource_id)
            and ledger.cost_basis = 'billed'
    group by all

),

months as (

    select distinct
        saving_id,
        billing_month
    from followed

),

volumes as (

    select distinct
        saving_id,
        volume_of
    from followed

),

paired as (

    select
        accepted.saving_id,
        months.billing_month,
        volumes.volume_of,
        coalesce(earlier.cost, 0) as baseline_cost,
        earlier.units as baseline_units,
        coalesce(later_one.cost, 0) as cost,
        later_one.units
    from accepted
    -- A saving no bill followed has no months yet; it keeps its row at the end.
    inner join months
        on
            accepted.saving_id = months.saving_id
            and months.billing_month >= date_trunc('month', accepted.effective_from)
    inner join volumes on accepted.saving_id = volumes.saving_id
    left join followed as earlier
        on
            accepted.saving_id = earlier.saving_id
            and accepted.baseline_month = earlier.billing_month
            and volumes.volume_of is not distinct from earlier.volume_of
    left join followed as later_one
        on
            accepted.saving_id = later_one.saving_id
            and months.billing_month = later_one.billing_month
            and volumes.volume_of is not distinct from later_one.volume_of

),

-- Without units on both sides, or a baseline, volume is unknown and the baseline stands as it was.
adjusted as (

    select
        *,
        baseline_units > 0 and units is not null as is_adjusted,
        case
            when baseline_units > 0 and units is not null
                then {{ mul_div('baseline_cost', 'cast(round(units, 0) as hugeint)', 'cast(greatest(round(baseline_units, 0), 1) as hugeint)') }}
            else baseline_cost
        end as expected_cost
    from paired

),

summed as (

    select
        saving_id,
        billing_month,
        cast(sum(baseline_cost) as decimal(38, 12)) as baseline_cost_reporting,
        cast(sum(expected_cost) as decimal(38, 12)) as expected_cost_reporting,
        cast(sum(cost) as decimal(38, 12)) as effective_cost_reporting,
        bool_and(is_adjusted or (baseline_cost = 0 and cost = 0)) as is_volume_adjusted
    from adjusted
    group by saving_id, billing_month

)

select
    accepted.saving_id,
    accepted.kind,
    accepted.accepted_by,
    accepted.team,
    accepted.feature,
    accepted.baseline_month,
    accepted.effective_from,
    summed.billing_month,
    summed.billing_month = date_trunc('month', accepted.effective_from) and accepted.effective_from > summed.billing_month as is_partial_month,
    summed.baseline_cost_reporting,
    summed.expected_cost_reporting,
    summed.effective_cost_reporting,
    cast(summed.expected_cost_reporting - summed.effective_cost_reporting as decimal(38, 12)) as realised_saving_reporting,
    cast(accepted.promised_monthly_saving as decimal(38, 12)) as promised_saving_reporting,
    cast(summed.expected_cost_reporting - summed.effective_cost_reporting - accepted.promised_monthly_saving as decimal(38, 12)) as above_promise_reporting,
    coalesce(summed.is_volume_adjusted, false) as is_volume_adjusted,
    case when summed.saving_id is null then 'no_bill_since_the_change' when summed.baseline_cost_reporting = 0 then 'no_cost_in_the_baseline_month' end as remark
from accepted
-- A saving without a bill yet keeps its row: the promise stands alone.
left join summed on accepted.saving_id = summed.saving_id
