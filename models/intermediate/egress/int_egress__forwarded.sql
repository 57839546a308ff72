-- Grain: one row per hour, user of a NAT gateway, way, destination class and service: bytes the gateway processed.
-- Its own records with hidden ends show both directions and for whom: up and down, not the four legs (AWS, NAT gateway metrics, 2026-11).
with

talks as (

    select
        talks.*,
        -- Forward it takes in what a user sends; back it sends out what the user gets. Before version 5 the private end is the user.
        case
            when talks.flow_direction = 'ingress' then 'out'
            when talks.flow_direction = 'egress' then 'in'
            when {{ is_private_address('talks.src_address') }} then 'out'
            else 'in'
        end as way
    from {{ ref('int_egress__talks') }} as talks
    left join {{ ref('stg_policy__network_interfaces') }} as interfaces
        on
            talks.interface_id = interfaces.interface_id
            and interfaces.x_quarantine_reason is null
            and cast(talks.usage_hour as date) >= coalesce(interfaces.valid_from, date '1900-01-01')
            and cast(talks.usage_hour as date) < coalesce(interfaces.valid_to, date '9999-12-31')
    where
        talks.is_relay
        -- Other middle boxes forward too; who policy names otherwise is no NAT gateway.
        and coalesce(interfaces.resource_id, 'nat-') like 'nat-%'

)

select
    talks.usage_hour,
    talks.provider,
    talks.account_id,
    talks.region,
    coalesce(users.interface_id, talks.interface_id) as interface_id,
    users.resource_id,
    talks.way,
    case
        when talks.dst_class is not null then talks.dst_class
        when talks.dst_service is not null then 'aws_service'
        else 'internet'
    end as dst_class,
    talks.dst_service,
    cast(sum(talks.bytes) as decimal(38, 0)) as bytes
from talks
left join {{ ref('int_egress__addresses') }} as users
    on
        talks.provider = users.provider
        and users.address = case when talks.way = 'out' then talks.src_address else talks.dst_address end
group by all
