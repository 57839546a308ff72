-- Grain: one row per fleet and month: what GPU hours nobody held cost, and what packing the same pods on fewer nodes would have saved.
-- A fleet is the nodes of one instance type, account, region and way of paying: its pods could have run on any of them.
with

hours as (

    select
        utilization.*,
        cast(date_trunc('month', utilization.usage_hour) as date) as billing_month
    from {{ ref('gpu_utilization_hourly') }} as utilization
    where utilization.effective_cost_reporting > 0

),

paid as (

    select
        provider,
        sub_account_id,
        resource_id,
        max(pricing_category) as pricing_category
    from {{ ref('fct_charges') }}
    where
        layer = 'gpu'
        and charge_category = 'Usage'
        and x_charge_kind = 'usage'
    group by provider, sub_account_id, resource_id

),

owners as (

    select
        resource_id,
        max(team) as team
    from {{ ref('gpu_cost_ladder_hourly') }}
    where rung = 'idle'
    group by resource_id

),

fleet_hours as (

    select
        hours.usage_hour,
        hours.billing_month,
        hours.provider,
        hours.sub_account_id,
        hours.region_id,
        hours.x_instance_type,
        coalesce(paid.pricing_category, 'Standard') as pricing_category,
        coalesce(max(owners.team), 'unallocated') as team,
        count(*) as nodes,
        -- Nodes the held GPU-seconds would have filled; pods that need neighbours may need more.
        least(cast(ceil(sum(hours.held_gpu_seconds) / nullif(max(hours.capacity_gpu_seconds), 0)) as bigint), count(*)) as nodes_needed,
        sum(case when hours.held_gpu_seconds = 0 then hours.idle_cost_reporting else 0 end) as empty_cost,
        sum(hours.idle_cost_reporting) as idle_cost,
        sum(hours.effective_cost_reporting) as cost
    from hours
    left join paid
        on
            hours.provider = paid.provider
            and hours.sub_account_id is not distinct from paid.sub_account_id
            and hours.resource_id = paid.resource_id
    left join owners on hours.resource_id = owners.resource_id
    where hours.idle_cost_reporting > 0 or hours.held_gpu_seconds > 0
    group by hours.usage_hour, hours.billing_month, hours.provider, hours.sub_account_id, hours.region_id, hours.x_instance_type, coalesce(paid.pricing_category, 'Standard')

),

idle as (

    select
        *,
        -- What is bought ahead is paid whether or not it runs: it saves nothing before the term ends.
        case when pricing_category = 'Committed' then 0 else empty_cost end as saving_low,
        case
            when pricing_category = 'Committed' then 0
            else greatest(empty_cost, least(idle_cost, {{ mul_div('cost', 'nodes - coalesce(nodes_needed, nodes)', 'nodes') }}))
        end as saving_likely
    from fleet_hours
    where idle_cost > 0

)

select
    'gpu_idle_hours' as kind,
    'gpu' as layer,
    provider,
    sub_account_id,
    region_id,
    coalesce(x_instance_type, 'GPU nodes') || ' ' || lower(pricing_category) as subject,
    team,
    'unallocated' as feature,
    billing_month,
    concat_ws('|', provider, sub_account_id, region_id, x_instance_type) as overlap_key,
    'node-hours with GPUs nobody held; likely: the same pods packed on fewer nodes' as evidence,
    count(*) as evidence_rows,
    cast(sum(cost) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(saving_low) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(saving_likely) as decimal(38, 12)) as saving_reporting,
    cast(sum(idle_cost) as decimal(38, 12)) as saving_high_reporting
from idle
group by provider, sub_account_id, region_id, x_instance_type, pricing_category, team, billing_month
