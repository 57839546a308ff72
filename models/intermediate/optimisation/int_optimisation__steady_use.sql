-- Grain: one row per instance type, account, region and month: on-demand GPU instances that ran around the clock on every day, at the one-year terms of their cloud.
with

-- On-demand instances of one type that ran around the clock: the smallest day of the whole time, in whole instances. A day without any makes it none.
days as (

    select
        provider,
        sub_account_id,
        region_id,
        x_instance_type,
        cast(charge_period_start as date) as usage_date,
        billing_month,
        sum(pricing_quantity) as instance_hours,
        sum(effective_cost_reporting) as cost,
        count(*) as charges
    from {{ ref('fct_charges') }}
    where
        layer = 'gpu'
        and charge_category = 'Usage'
        and x_charge_kind = 'usage'
        and pricing_category = 'Standard'
        and pricing_quantity is not null
        and x_instance_type is not null
        and x_instance_type not like 'ml.%'
    group by provider, sub_account_id, region_id, x_instance_type, cast(charge_period_start as date), billing_month

),

steady as (

    select
        provider,
        sub_account_id,
        region_id,
        x_instance_type,
        cast(floor(min(instance_hours) / 24) as bigint) as instances
    from days
    group by provider, sub_account_id, region_id, x_instance_type
    having
        min(instance_hours) >= 24
        and count(*) >= 28
        and count(*) = {{ days_between('min(usage_date)', 'max(usage_date)') }} + 1

),

-- Who sizes the fleet: the owner of its idle hours.
owners as (

    select
        provider,
        sub_account_id,
        x_instance_type,
        max(team) as team
    from {{ ref('gpu_cost_ladder_hourly') }}
    where rung = 'idle'
    group by provider, sub_account_id, x_instance_type

),

uncovered as (

    select
        days.*,
        steady.instances,
        {{ mul_div('days.cost', 'cast(steady.instances * 24 * 1000000 as hugeint)', 'cast(days.instance_hours * 1000000 as hugeint)') }} as steady_cost
    from days
    -- What does not run around the clock is no opportunity of this kind.
    inner join steady
        on
            days.provider = steady.provider
            and days.sub_account_id is not distinct from steady.sub_account_id
            and days.region_id is not distinct from steady.region_id
            and days.x_instance_type = steady.x_instance_type

)

select
    'uncovered_steady_use' as kind,
    'gpu' as layer,
    uncovered.provider,
    uncovered.sub_account_id,
    uncovered.region_id,
    uncovered.x_instance_type as subject,
    coalesce(max(owners.team), 'unallocated') as team,
    'unallocated' as feature,
    uncovered.billing_month,
    concat_ws('|', uncovered.provider, uncovered.sub_account_id, uncovered.region_id, uncovered.x_instance_type) as overlap_key,
    cast(max(uncovered.instances) as varchar) || ' on demand around the clock on every day; one-year terms of seed commitment_terms' as evidence,
    cast(sum(uncovered.charges) as bigint) as evidence_rows,
    cast(sum(uncovered.cost) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(round(uncovered.steady_cost * terms.discount_low, 12)) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(round(uncovered.steady_cost * terms.discount, 12)) as decimal(38, 12)) as saving_reporting,
    cast(sum(round(uncovered.steady_cost * terms.discount_high, 12)) as decimal(38, 12)) as saving_high_reporting
from uncovered
-- A cloud whose terms nobody wrote down has no such saving.
inner join {{ ref('commitment_terms') }} as terms
    on
        uncovered.provider = terms.provider
        and terms.plan = 'commit_1y'
left join owners
    on
        uncovered.provider = owners.provider
        and uncovered.sub_account_id is not distinct from owners.sub_account_id
        and uncovered.x_instance_type = owners.x_instance_type
group by uncovered.provider, uncovered.sub_account_id, uncovered.region_id, uncovered.x_instance_type, uncovered.billing_month
