-- Grain: one row per hour, reporting interface, source, destination, direction and path: bytes of the records that say so, each record once.
-- The one pass over flow records: what follows works on its result. Conserves: the bytes of the records; a window across hours is cut by seconds.
with

{% set sources = ['vpc_flow_logs', 'gcp_flow_logs', 'azure_flow_logs'] -%}
{% set texts = ['account_id', 'region', 'az_id', 'interface_id', 'resource_id', 'src_address', 'dst_address', 'flow_direction', 'traffic_path', 'dst_class', 'dst_service'] -%}
reported as (

    {% for source in sources -%}
    select
        provider,
        {{ texts | join(',\n        ') }},
        src_port,
        dst_port,
        protocol,
        is_relay,
        bytes,
        window_start,
        case when window_end > window_start then window_end else window_start + interval '1' microsecond end as window_end
    from {{ ref('stg_network__' ~ source) }}
    where
        x_quarantine_reason is null
        and coalesce(log_status, 'OK') = 'OK'
        and coalesce(action, 'ACCEPT') = 'ACCEPT'
        and bytes > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Two subscriptions of one interface write the same record twice.
records as (

    select distinct *
    from reported

),

whole as (

    select
        date_trunc('hour', window_start) as usage_hour,
        provider,
        {{ texts | join(',\n        ') }},
        is_relay,
        bytes
    from records
    where date_trunc('hour', window_start) = date_trunc('hour', window_end - interval '1' microsecond)

),

across as (

    select *
    from records
    where date_trunc('hour', window_start) <> date_trunc('hour', window_end - interval '1' microsecond)

),

cut as (

    {{ explode_hours('across', 'window_start', 'window_end', ['provider'] + texts + ['is_relay', 'bytes', 'window_start', 'window_end']) }}

),

-- What had passed by the end of the hour less what had passed by its beginning: the parts are whole bytes and add up to the record.
parts as (

    select
        usage_hour,
        provider,
        {{ texts | join(',\n        ') }},
        is_relay,
        cast(
            floor(bytes * {{ seconds_between('window_start', "least(window_end, usage_hour + interval '1' hour)") }} / {{ seconds_between('window_start', 'window_end') }})
            - floor(bytes * {{ seconds_between('window_start', 'greatest(window_start, usage_hour)') }} / {{ seconds_between('window_start', 'window_end') }})
            as bigint
        ) as bytes
    from cut

),

unioned as (

    select * from whole
    union all
    select * from parts

)

select
    usage_hour,
    provider,
    {{ texts | join(',\n    ') }},
    is_relay,
    cast(sum(bytes) as decimal(38, 0)) as bytes,
    count(*) as records
from unioned
group by all
