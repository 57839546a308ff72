-- Grain: one row per hour, direction of the bill line and sending interface: bytes moved.
with

interfaces as (

    select *
    from {{ ref('stg_policy__network_interfaces') }}
    where x_quarantine_reason is null

),

-- Where a gateway's own records tell who used it, they do; elsewhere, who sent to the internet or a service and not directly.
logged_gateways as (

    select distinct
        provider,
        account_id,
        region
    from {{ ref('int_egress__forwarded') }}

),

moved as (

    select
        usage_hour,
        provider,
        account_id,
        region,
        interface_id,
        resource_id,
        dst_class,
        dst_service,
        false as is_gateway,
        bytes
    from {{ ref('int_egress__flows') }}
    union all
    select
        usage_hour,
        provider,
        account_id,
        region,
        interface_id,
        resource_id,
        dst_class,
        dst_service,
        true as is_gateway,
        bytes
    from {{ ref('int_egress__forwarded') }}
    union all
    select
        flows.usage_hour,
        flows.provider,
        flows.account_id,
        flows.region,
        flows.interface_id,
        flows.resource_id,
        flows.dst_class,
        flows.dst_service,
        true as is_gateway,
        flows.bytes
    from {{ ref('int_egress__flows') }} as flows
    left join logged_gateways
        on
            flows.provider = logged_gateways.provider
            and flows.account_id is not distinct from logged_gateways.account_id
            and flows.region is not distinct from logged_gateways.region
    where logged_gateways.provider is null and not flows.is_direct and flows.dst_class in ('internet', 'aws_service')

),

grouped as (

    select
        moved.usage_hour,
        moved.provider,
        moved.account_id,
        moved.region,
        moved.interface_id,
        coalesce(interfaces.resource_id, moved.resource_id) as resource_id,
        interfaces.workload as workload_name,
        interfaces.tags,
        moved.is_gateway,
        moved.dst_class,
        cast(sum(moved.bytes) as decimal(38, 6)) as bytes,
        -- Object and table stores of the region have a gateway endpoint that costs nothing (AWS, VPC endpoints, 2026-11).
        cast(coalesce(sum(moved.bytes) filter (where moved.is_gateway and moved.dst_service in ('S3', 'DYNAMODB')), 0) as decimal(38, 6)) as avoidable_bytes
    from moved
    left join interfaces
        on
            moved.interface_id = interfaces.interface_id
            and cast(moved.usage_hour as date) >= coalesce(interfaces.valid_from, date '1900-01-01')
            and cast(moved.usage_hour as date) < coalesce(interfaces.valid_to, date '9999-12-31')
    group by all

),

by_line as (

    {% for driver_kind, classes in [
        ('internet', "('internet')"), ('inter_region', "('inter_region')"), ('inter_az', "('inter_az')"),
        ('nat_bytes', "('internet', 'aws_service', 'inter_region')"), ('nat_hours', "('internet', 'aws_service', 'inter_region')"),
    ] -%}
    select
        *,
        '{{ driver_kind }}' as driver_kind
    from grouped
    where dst_class in {{ classes }} and {{ 'is_gateway' if driver_kind in ['nat_bytes', 'nat_hours'] else 'not is_gateway' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    *,
    {{ usage_owner_key('int_egress__usage_hourly') }} as owner_key
from by_line
