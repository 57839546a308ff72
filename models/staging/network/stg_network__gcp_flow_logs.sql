-- Grain: one row per connection, reporting side and interval, as logged; both ends report a connection inside Google Cloud.
-- Bytes are of sampled packets: they are shares of a bill line, never grossed up to one.
with

source as (

    select * from {{ landing('network', 'gcp_vpc_flow_logs') }}

)

select
    'gcp_vpc_flow_logs' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['src_ip is null or dest_ip is null', "'connection.src_ip or connection.dest_ip is empty: both are needed. Deliver the record as it was logged'"],
        ['start_time is null', "'start_time is empty: it is needed. Deliver the record as it was logged'"],
    ]) }} as x_quarantine_reason,

    'gcp' as provider,
    case when reporter = 'DEST' then dest_project_id else src_project_id end as account_id,
    coalesce(case when reporter = 'DEST' then dest_vm_name else src_vm_name end, case when reporter = 'DEST' then dest_ip else src_ip end) as interface_id,
    case when reporter = 'DEST' then dest_vm_name else src_vm_name end as resource_id,
    src_ip as src_address,
    dest_ip as dst_address,
    src_port,
    dest_port as dst_port,
    protocol,
    coalesce(reporter, '') in ('SRC_GATEWAY', 'DEST_GATEWAY') as is_relay,
    bytes_sent as bytes,

    start_time as window_start,
    coalesce(end_time, start_time) as window_end,
    'ACCEPT' as action,
    'OK' as log_status,

    case when reporter = 'DEST' then dest_region else src_region end as region,
    case when reporter = 'DEST' then dest_zone else src_zone end as az_id,
    case when reporter like 'DEST%' then 'ingress' else 'egress' end as flow_direction,
    cast(null as varchar) as traffic_path,
    case
        when dest_google_service is not null then 'cloud_service'
        when dest_country is not null then 'internet'
        when dest_region <> src_region then 'inter_region'
        when dest_zone <> src_zone then 'inter_az'
        when dest_zone = src_zone then 'intra_az'
    end as dst_class,
    upper(dest_google_service) as dst_service,
    cast(null as bigint) as version
from source
