-- Grain: one row per hour, interface, way, destination class and service: bytes moved, each once although every interface on the way reports them.
-- The sender's interface counts; receivers and gateways repeat it. way 'in': what arrived from another account, which only the receiver's account is billed for.
with

ends as (

    select * from {{ ref('int_egress__directed') }}

),

addresses as (

    select * from {{ ref('int_egress__addresses') }}

),

-- The same bytes at two senders, as behind a firewall: the instance's own record counts.
senders as (

    select
        usage_hour,
        account_id,
        src_address,
        dst_address,
        min_by(
            interface_id, (case when not is_direction_logged then 'c' when resource_id is null then 'b' else 'a' end) || interface_id
        ) as interface_id
    from ends
    where flow_direction = 'egress'
    group by usage_hour, account_id, src_address, dst_address

),

sent as (

    select
        ends.*,
        'out' as way,
        ends.dst_address as other_address
    from ends
    inner join senders
        on
            ends.usage_hour = senders.usage_hour
            and ends.account_id is not distinct from senders.account_id
            and ends.src_address = senders.src_address
            and ends.dst_address = senders.dst_address
            and ends.interface_id = senders.interface_id
    where ends.flow_direction = 'egress'

),

received as (

    select
        ends.*,
        'in' as way,
        ends.src_address as other_address
    from ends
    inner join addresses as senders_elsewhere
        on
            ends.provider = senders_elsewhere.provider
            and ends.src_address = senders_elsewhere.address
            and ends.account_id <> senders_elsewhere.account_id
    where ends.flow_direction = 'ingress'

),

moved as (

    select * from sent
    union all
    select * from received

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
        moved.bytes
    from moved
    left join addresses as others
        on
            moved.provider = others.provider
            and moved.other_address = others.address

)

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
    cast(sum(bytes) as decimal(38, 0)) as bytes
from placed
-- Only zone traffic is billed to who receives it.
where way = 'out' or dst_class = 'inter_az'
group by all
