-- Grain: one row per billing period of an instance (hour, day or month) and pod or task on it, of the delivery that counts: its share of the instance by AWS's own split of the bill.
-- Only where telemetry of the cluster says nothing about that instance on those days: measured GPU time comes first, and the two are never mixed in one pool.
with

delivered as (

    select distinct
        x_source,
        x_report,
        provider,
        billing_account_id,
        billing_period_start,
        x_delivery
    from {{ ref('int_charges__deliveries') }}
    where is_latest

),

-- A split row of a superseded delivery leaves here with its delivery. It is evidence, no money: nothing is lost.
rows_of_latest as (

    select
        date_trunc('hour', split_rows.charge_period_start) as usage_hour,
        split_rows.charge_period_end as usage_end,
        split_rows.provider,
        split_rows.sub_account_id as account_id,
        split_rows.region_id as region,
        {{ resource_key('split_rows.parent_resource_id') }} as resource_id,
        split_rows.namespace,
        coalesce(split_rows.workload, split_rows.resource_id) as workload_name,
        split_rows.tags,
        split_rows.split_cost,
        split_rows.unused_cost
    from {{ ref('stg_aws__split_line_items') }} as split_rows
    inner join delivered
        on
            split_rows.x_source = delivered.x_source
            and split_rows.x_report is not distinct from delivered.x_report
            and split_rows.provider = delivered.provider
            and split_rows.billing_account_id = delivered.billing_account_id
            and split_rows.billing_period_start = delivered.billing_period_start
            and split_rows.x_delivery is not distinct from delivered.x_delivery
    where
        split_rows.x_quarantine_reason is null
        and split_rows.parent_resource_id is not null
        and split_rows.split_cost is not null
        and split_rows.charge_period_start is not null

),

grouped as (

    select
        usage_hour,
        usage_end,
        provider,
        account_id,
        region,
        resource_id,
        namespace,
        workload_name,
        tags,
        -- Money as a measure only: millionths keep a pod of a few cents apart from its neighbour at the six decimals of driver units.
        cast(sum(split_cost) * 1000000 as decimal(38, 6)) as split_cost_micros,
        cast(sum(unused_cost) * 1000000 as decimal(38, 6)) as unused_cost_micros
    from rows_of_latest
    group by all

),

-- A machine the cluster's own telemetry knows is left to it, for whole days: seconds and cents are never added in one pool.
unobserved as (

    select grouped.*
    from grouped
    where
        not exists (
            select 1
            from {{ ref('int_gpu__usage_hourly') }} as pods
            where
                grouped.resource_id = pods.resource_id
                and pods.usage_hour >= date_trunc('day', grouped.usage_hour)
                and date_trunc('day', pods.usage_hour) < grouped.usage_end
        )
        and not exists (
            select 1
            from {{ ref('int_gpu__nodes') }} as nodes
            where
                grouped.resource_id = nodes.resource_id
                and nodes.ended_at > date_trunc('day', grouped.usage_hour)
                and date_trunc('day', nodes.started_at) < grouped.usage_end
        )

)

select
    *,
    {{ usage_owner_key('int_gpu__split_usage') }} as owner_key
from unobserved
