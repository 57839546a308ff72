-- Grain: one row per flow, direction and interface, as logged: a tuple tells both directions, so it is two rows.
-- Tuple of version 4: time in ms, source, destination, ports, protocol, direction, state, encryption, packets and bytes sent, packets and bytes received;
-- of version 2: time in s, …, direction, decision, state, the same four counts (Azure, flow log format, 2026-11).
with

source as (

    select * from {{ landing('network', 'azure_flow_logs') }}

),

unfolded as (

    select
        * exclude (flow_tuples),
        category like 'NetworkSecurityGroup%' as is_version_2,
        unnest(case when x_reject_reason is null then coalesce(try_cast(flow_tuples as varchar[]), [flow_tuples]) else [flow_tuples] end) as flow_tuple
    from source

),

fields as (

    select
        * exclude (flow_tuple),
        string_split(trim(flow_tuple, '" '), ',') as part
    from unfolded

),

sides as (

    {% for sent in [true, false] -%}
    select
        *,
        {{ sent }} as is_sent,
        try_cast(part[{{ 11 if sent else 13 }}] as bigint) as bytes
    from fields
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    'azure_flow_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['try_cast(part[1] as bigint) is null or len(part) < 8', "'a flow tuple is no list of time, ends and counts: deliver PT1H.json as it was written'"],
        ['mac_address is null', "'macAddress is empty: it is needed. Deliver PT1H.json as it was written'"],
    ]) }} as x_quarantine_reason,

    'azure' as provider,
    lower(nullif(regexp_extract(target_resource_id, '/subscriptions/([^/]+)', 1, 'i'), '')) as account_id,
    lower(mac_address) as interface_id,
    cast(null as varchar) as resource_id,
    -- What the source of the flow sent goes one way, what it received the other.
    case when is_sent then part[2] else part[3] end as src_address,
    case when is_sent then part[3] else part[2] end as dst_address,
    case when is_sent then part[4] else part[5] end as src_port,
    case when is_sent then part[5] else part[4] end as dst_port,
    part[6] as protocol,
    false as is_relay,
    coalesce(bytes, 0) as bytes,

    case when is_version_2 then make_timestamp(try_cast(part[1] as bigint) * 1000000) else make_timestamp(try_cast(part[1] as bigint) * 1000) end as window_start,
    case when is_version_2 then make_timestamp(try_cast(part[1] as bigint) * 1000000) else make_timestamp(try_cast(part[1] as bigint) * 1000) end as window_end,
    case when part[8] = 'D' then 'REJECT' else 'ACCEPT' end as action,
    'OK' as log_status,

    cast(null as varchar) as region,
    cast(null as varchar) as az_id,
    case when (part[7] = 'O') = is_sent then 'egress' else 'ingress' end as flow_direction,
    cast(null as varchar) as traffic_path,
    cast(null as varchar) as dst_class,
    cast(null as varchar) as dst_service,
    case when is_version_2 then 2 else 4 end as version
from sides
