-- Grain: one row per flow, network interface and window, as logged.
-- Each flow appears at every interface it crosses. NODATA and SKIPDATA windows hold no bytes: null, not 0.
with

source as (

    select * from {{ landing('network', 'vpc_flow_logs') }}

)

select
    'vpc_flow_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['interface_id is null', "'interface_id is empty: it is needed. Deliver the record as it was logged'"],
        ['"start" is null', "'start is empty: it is needed. Deliver the record as it was logged'"],
    ]) }} as x_quarantine_reason,

    'aws' as provider,
    account_id,
    interface_id,
    instance_id as resource_id,
    coalesce(pkt_srcaddr, srcaddr) as src_address,
    coalesce(pkt_dstaddr, dstaddr) as dst_address,
    srcport as src_port,
    dstport as dst_port,
    protocol,
    -- An interface that passes on what belongs to somebody else, and belongs to no instance, is a gateway on the way, not an end.
    (coalesce(pkt_dstaddr <> dstaddr, false) or coalesce(pkt_srcaddr <> srcaddr, false)) and instance_id is null as is_relay,
    case when coalesce(log_status, 'OK') = 'OK' then bytes end as bytes,

    start as window_start,
    "end" as window_end,
    action,
    coalesce(log_status, 'OK') as log_status,

    region,
    az_id,
    lower(flow_direction) as flow_direction,
    traffic_path,
    lower(dst_class) as dst_class,
    upper(pkt_dst_aws_service) as dst_service,
    version
from source
