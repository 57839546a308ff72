-- Grain: one row per hour, interface at an end of the talk, source, destination, direction and path. Gateways on the way are not here: int_egress__forwarded has them.
with

talks as (

    select * from {{ ref('int_egress__talks') }}

),

-- A gateway forwards under its own address; what it sends was counted where it began.
gateways as (

    select interface_id
    from talks
    where is_relay
    union distinct
    select interface_id
    from {{ ref('stg_policy__network_interfaces') }}
    where x_quarantine_reason is null and resource_id like 'nat-%'

),

ends as (

    select talks.*
    from talks
    left join gateways on talks.interface_id = gateways.interface_id
    where gateways.interface_id is null

),

-- Records before version 5 have no direction: an interface's own address is the one that stands in most of its records; between two, the source.
spoken as (

    select interface_id, src_address as address, sum(records) * 2 + 1 as weight
    from ends
    where flow_direction is null
    group by interface_id, src_address
    union all
    select interface_id, dst_address as address, sum(records) * 2 as weight
    from ends
    where flow_direction is null
    group by interface_id, dst_address

),

own_addresses as (

    select
        interface_id,
        max_by(address, weight) as address
    from (select interface_id, address, sum(weight) as weight from spoken group by interface_id, address)
    group by interface_id

)

select
    ends.* exclude (flow_direction),
    ends.flow_direction is not null as is_direction_logged,
    coalesce(ends.flow_direction, case when own_addresses.address = ends.dst_address then 'ingress' else 'egress' end) as flow_direction
from ends
left join own_addresses on ends.interface_id = own_addresses.interface_id
