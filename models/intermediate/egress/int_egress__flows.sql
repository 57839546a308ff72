-- Grain: one row per hour, interface, way, destination class and service: bytes moved, each once although every interface on the way reports them.
-- The sender's interface counts; receivers and gateways repeat it. way 'in': what arrived from another account, which only the receiver's account is billed for.
with

places as (

    select * from {{ ref('int_egress__places') }}

),

own_addresses as (

    select *
    from {{ ref('int_egress__addresses') }}
    where is_own

),

keyed as (

    select
        *,
        case when coalesce(flow_direction, 'egress') = 'egress' then src_address end as sender_address,
        case when flow_direction = 'ingress' and not is_relay then src_address end as remote_address
    from {{ ref('int_egress__records') }}

),

-- One pass over the records: what was sent from an address of the interface's own, and what arrived from another account.
moved as (

    select
        keyed.*,
        case when own_addresses.address is not null then 'out' else 'in' end as way,
        case when own_addresses.address is not null then keyed.dst_address else keyed.src_address end as other_address
    from keyed
    left join own_addresses
        on
            keyed.provider = own_addresses.provider
            and keyed.interface_id = own_addresses.interface_id
            and keyed.account_id is not distinct from own_addresses.account_id
            and keyed.sender_address = own_addresses.address
    left join places as senders
        on
            keyed.provider = senders.provider
            and keyed.remote_address = senders.address
    where own_addresses.address is not null or senders.account_id <> keyed.account_id

),

placed as (

    select
        moved.usage_hour,
        moved.provider,
        moved.account_id,
        moved.region,
        moved.interface_id,
        moved.resource_id,
        moved.way,
        -- The record's own word first, then the path version 5 names, then where the other end lives. What none of them says stays out of the drivers, in the open.
        case
            when moved.dst_class is not null then moved.dst_class
            when moved.traffic_path = '7' or moved.dst_service is not null then 'aws_service'
            when moved.traffic_path in ('2', '8') then 'internet'
            when moved.traffic_path = '5' or others.region <> moved.region then 'inter_region'
            when others.az_id <> moved.az_id then 'inter_az'
            when others.az_id = moved.az_id then 'intra_az'
            when not {{ is_private_address('moved.other_address') }} then 'internet'
        end as dst_class,
        moved.dst_service,
        coalesce(moved.traffic_path in ('2', '7', '8'), false) as is_direct,
        moved.bytes,
        moved.next_hour_bytes
    from moved
    left join places as others
        on
            moved.provider = others.provider
            and moved.other_address = others.address

),

summed as (

    select
        usage_hour,
        provider,
        account_id,
        region,
        interface_id,
        resource_id,
        way,
        dst_class,
        dst_service,
        is_direct,
        sum(bytes) as bytes,
        sum(next_hour_bytes) as next_hour_bytes
    from placed
    -- Only zone traffic is billed to who receives it.
    where way = 'out' or dst_class = 'inter_az'
    group by all

)

{{ bytes_by_hour('summed', ['provider', 'account_id', 'region', 'interface_id', 'resource_id', 'way', 'dst_class', 'dst_service', 'is_direct']) }}
