-- Grain: one row per kind of store nobody needs as it is (unattached volumes, checkpoints past policy, old versions and broken uploads, unread objects), of vector floors and of traffic
-- that need not be paid, subject and month.
-- What stays is priced by a seed rate over the rate of what it is: the bill's own discount stays.
with

carried as (

    select *
    from {{ ref('storage_carrying_costs') }}
    where is_avoidable

),

-- What a careful owner would keep instead: a snapshot of a volume, the archive for objects.
kept_as as (

    select
        carried.*,
        case carried.carry_state
            when 'unattached' then 'unattached_volumes'
            when 'checkpoint_past_policy' then 'checkpoint_retention'
            when 'unread' then 'storage_class'
            else 'versions_and_uploads'
        end as kind,
        as_is.price_usd as price_as_is,
        instead.price_usd as price_instead
    from carried
    left join {{ ref('scenario_rates') }} as as_is
        on
            carried.provider = as_is.provider
            and case when carried.carry_state = 'unattached' then 'volume' else 'object_storage' end = as_is.name
    left join {{ ref('scenario_rates') }} as instead
        on
            carried.provider = instead.provider
            and case when carried.carry_state = 'unattached' then 'volume_snapshot' when carried.carry_state = 'unread' then 'object_infrequent' else 'object_archive' end = instead.name

),

storage as (

    select
        *,
        coalesce(
            {{ mul_div('effective_cost_reporting', 'cast((price_as_is - price_instead) * 1000000 as hugeint)', 'cast(price_as_is * 1000000 as hugeint)') }},
            cast(0 as decimal(38, 12))
        ) as saving_kept
    from kept_as

),

floored as (

    select distinct
        provider,
        sub_account_id,
        service_name
    from {{ ref('fct_cost_allocations') }}
    where
        layer = 'retrieval'
        and reason = 'floor_without_queries'

),

-- An account's floor, the days nobody asked, and what the floor of the seed costs in the same time.
floors as (

    select
        ledger.provider,
        ledger.sub_account_id,
        ledger.region_id,
        ledger.service_name,
        ledger.billing_month,
        max(case when ledger.reason = 'floor_without_queries' then ledger.team end) as team,
        max(case when ledger.reason = 'floor_without_queries' then ledger.feature end) as feature,
        count(*) as evidence_rows,
        count(distinct ledger.usage_date) as days,
        sum(case when ledger.reason = 'floor_without_queries' then ledger.effective_cost_reporting else 0 end) as idle_cost,
        sum(ledger.effective_cost_reporting) as cost
    from {{ ref('fct_cost_allocations') }} as ledger
    inner join floored
        on
            ledger.provider = floored.provider
            and ledger.sub_account_id is not distinct from floored.sub_account_id
            and ledger.service_name is not distinct from floored.service_name
    where
        ledger.layer = 'retrieval'
        and ledger.cost_basis = 'billed'
        and ledger.charge_category = 'Usage'
    group by ledger.provider, ledger.sub_account_id, ledger.region_id, ledger.service_name, ledger.billing_month
    having sum(case when ledger.reason = 'floor_without_queries' then ledger.effective_cost_reporting else 0 end) > 0

),

lower_floors as (

    select
        floors.*,
        cast(round(rates.price_usd * 12 * floors.days / 365, 12) as decimal(38, 12)) as floor_cost
    from floors
    left join {{ ref('scenario_rates') }} as rates
        on
            floors.provider = rates.provider
            and rates.layer = 'retrieval'
            and rates.name = 'managed'

),

traffic as (

    select *
    from {{ ref('egress_costs_daily') }}
    where is_avoidable

)

select
    kind,
    'storage' as layer,
    provider,
    sub_account_id,
    cast(null as varchar) as region_id,
    coalesce(resource_id, 'unnamed') || coalesce(' ' || dataset, '') as subject,
    team,
    feature,
    billing_month,
    coalesce(resource_id, 'unnamed') || coalesce(' ' || dataset, '') as overlap_key,
    'stored as ' || carry_state as evidence,
    count(*) as evidence_rows,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    -- Low: kept in the cheaper form; likely and high: deleted. What is only unread is not deleted on a guess.
    cast(sum(saving_kept) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(case when kind = 'storage_class' then saving_kept else effective_cost_reporting end) as decimal(38, 12)) as saving_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_high_reporting
from storage
group by kind, carry_state, provider, sub_account_id, resource_id, dataset, team, feature, billing_month
union all
select
    'vector_floor' as kind,
    'retrieval' as layer,
    provider,
    sub_account_id,
    region_id,
    service_name as subject,
    coalesce(team, 'unallocated') as team,
    coalesce(feature, 'unallocated') as feature,
    billing_month,
    concat_ws('|', provider, sub_account_id, service_name) as overlap_key,
    'a floor that also bills on days nobody asks; likely: the floor of seed scenario_rates' as evidence,
    evidence_rows,
    cast(cost as decimal(38, 12)) as current_cost_reporting,
    -- Low: no more than the days nobody asked. High: the index moves to a store that runs anyway.
    cast(least(idle_cost, greatest(cost - coalesce(floor_cost, cost), 0)) as decimal(38, 12)) as saving_low_reporting,
    cast(greatest(idle_cost, cost - coalesce(floor_cost, cost)) as decimal(38, 12)) as saving_reporting,
    cast(cost as decimal(38, 12)) as saving_high_reporting
from lower_floors
union all
select
    'store_through_nat' as kind,
    'egress' as layer,
    provider,
    sub_account_id,
    region_id,
    path as subject,
    team,
    feature,
    billing_month,
    concat_ws('|', provider, sub_account_id, path) as overlap_key,
    'bytes to the provider''s own stores through a paid gateway; an endpoint is free' as evidence,
    count(*) as evidence_rows,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_high_reporting
from traffic
group by provider, sub_account_id, region_id, path, team, feature, billing_month
