-- Grain: one row per hour, user of a NAT gateway, way, destination class and service: bytes the gateway processed.
-- Its own records with hidden ends show both directions and for whom: up and down, not the four legs (AWS, NAT gateway metrics, 2026-11).
with

records as (

    select
        records.*,
        -- Forward it takes in what a user sends; back it sends out what the user gets. Before version 5 the private end is the user.
        case
            when records.flow_direction = 'ingress' then 'out'
            when records.flow_direction = 'egress' then 'in'
            when {{ is_private_address('records.src_address') }} then 'out'
            else 'in'
        end as way
    from {{ ref('int_egress__records') }} as records
    left join {{ ref('stg_policy__network_interfaces') }} as interfaces
        on
            records.interface_id = interfaces.interface_id
            and interfaces.x_quarantine_reason is null
            and cast(records.usage_hour as date) >= coalesce(interfaces.valid_from, date '1900-01-01')
            and cast(records.usage_hour as date) < coalesce(interfaces.valid_to, date '9999-12-31')
    where
        records.is_relay
        -- Other middle boxes forward too; who policy names otherwise is no NAT gateway.
        and coalesce(interfaces.resource_id, 'nat-') like 'nat-%'

),

used as (

    select
        records.usage_hour,
        records.provider,
        records.account_id,
        records.region,
        coalesce(users.interface_id, records.interface_id) as interface_id,
        users.resource_id,
        records.way,
        case
            when records.dst_class is not null then records.dst_class
            when records.dst_service is not null then 'aws_service'
            else 'internet'
        end as dst_class,
        records.dst_service,
        sum(records.bytes) as bytes,
        sum(records.next_hour_bytes) as next_hour_bytes
    from records
    left join {{ ref('int_egress__places') }} as users
        on
            records.provider = users.provider
            and users.address = case when records.way = 'out' then records.src_address else records.dst_address end
    group by all

)

{{ bytes_by_hour('used', ['provider', 'account_id', 'region', 'interface_id', 'resource_id', 'way', 'dst_class', 'dst_service']) }}
