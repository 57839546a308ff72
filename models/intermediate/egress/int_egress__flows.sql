-- Grain: one row per network flow that moved bytes, once, although every interface on its way reports it.
with

records as (

    select *
    from {{ ref('stg_network__vpc_flow_logs') }}
    where
        x_quarantine_reason is null
        and coalesce(log_status, 'OK') = 'OK'
        and coalesce(action, 'ACCEPT') = 'ACCEPT'
        and bytes > 0

),

-- A NAT gateway forwards under its own address; what it sends was counted where it began.
relays as (

    select distinct interface_id
    from records
    where is_relay

),

-- The origin's own interface says 'egress'; the receiver repeats the same flow with its own interface id.
ranked as (

    select
        records.*,
        row_number() over (
            partition by
                records.src_address, records.dst_address, records.src_port, records.dst_port, records.protocol, records.window_start, records.window_end, records.bytes
            order by
                case
                    when records.flow_direction = 'egress' and records.resource_id is not null then 0
                    when records.flow_direction = 'egress' then 1
                    when records.flow_direction is null then 2
                    else 3
                end,
                records.interface_id asc,
                records.x_source_file asc,
                records.x_source_row_number asc
        ) as record_rank
    from records
    left join relays on records.interface_id = relays.interface_id
    where relays.interface_id is null

)

select
    account_id,
    region,
    interface_id,
    resource_id,
    window_start,
    window_end,
    bytes,
    -- Version 5 names the path; an enriched log names the class itself. What neither says stays out of the drivers and in the open.
    coalesce(
        dst_class,
        case traffic_path
            when '5' then 'inter_region'
            when '8' then 'internet'
            when '2' then 'internet'
            when '7' then 'aws_service'
            when '1' then 'intra_az'
        end
    ) as dst_class
from ranked
where
    record_rank = 1
    and coalesce(flow_direction, 'egress') = 'egress'
