-- Grain: one row per search service of an account whose floor also bills on days nobody asks, and month.
with

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
    -- A service that was asked every day has no such floor.
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

)

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
