-- Grain: one row per hour, direction of the bill line and sending interface: bytes moved.
with

flows as (

    select * from {{ ref('int_egress__flows') }}

),

interfaces as (

    select *
    from {{ ref('stg_policy__network_interfaces') }}
    where x_quarantine_reason is null

),

-- A window across an hour is counted where it began: windows are ten minutes at most.
grouped as (

    select
        date_trunc('hour', flows.window_start) as usage_hour,
        'aws' as provider,
        flows.account_id,
        flows.region,
        flows.interface_id,
        coalesce(interfaces.resource_id, flows.resource_id) as resource_id,
        interfaces.workload as workload_name,
        interfaces.tags,
        flows.dst_class,
        cast(sum(flows.bytes) as decimal(38, 6)) as bytes
    from flows
    left join interfaces
        on
            flows.interface_id = interfaces.interface_id
            and cast(flows.window_start as date) >= coalesce(interfaces.valid_from, date '1900-01-01')
            and cast(flows.window_start as date) < coalesce(interfaces.valid_to, date '9999-12-31')
    group by all

),

-- Which bill line which bytes explain: a NAT gateway charges what goes out through it, whoever else charges the same byte again.
by_line as (

    {% for driver_kind, classes in [
        ('internet', "('internet')"), ('inter_region', "('inter_region')"), ('inter_az', "('inter_az')"),
        ('nat_bytes', "('internet', 'aws_service')"), ('nat_hours', "('internet', 'aws_service')"),
    ] -%}
    select
        *,
        '{{ driver_kind }}' as driver_kind
    from grouped
    where dst_class in {{ classes }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    *,
    {{ usage_owner_key('int_egress__usage_hourly') }} as owner_key
from by_line
