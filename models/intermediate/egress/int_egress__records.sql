{{ config(materialized='view') }}
-- Grain: one row per flow record, each record once; of a window longer than two hours one row per hour. A view: records are read where they lie.
-- Conserves: the bytes of the records; a window across hours is cut by seconds into whole bytes that add up to it, the second hour's beside the first's.
{% set columns = [
    'provider', 'account_id', 'region', 'az_id', 'interface_id', 'resource_id', 'src_address', 'dst_address', 'flow_direction', 'traffic_path', 'dst_class', 'dst_service', 'is_relay',
] -%}
with

reported as (

    {% for source in flow_log_sources() -%}
    select
        {{ columns | join(',\n        ') }},
        src_port,
        dst_port,
        protocol,
        bytes,
        window_start,
        case when window_end > window_start then window_end else window_start + interval '1' microsecond end as window_end,
        {{ flow_twin_key() }} as twin_key
    from {{ ref('stg_network__' ~ source) }}
    where {{ flow_record_counts() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

twins as (

    select twin_key from {{ ref('int_egress__twins') }}

),

records as (

    select
        reported.*,
        date_trunc('hour', reported.window_start) as usage_hour
    from reported
    left join twins on reported.twin_key = twins.twin_key
    where twins.twin_key is null
    union all
    select distinct
        reported.*,
        date_trunc('hour', reported.window_start) as usage_hour
    from reported
    inner join twins on reported.twin_key = twins.twin_key

),

long as (

    select * exclude (usage_hour)
    from records
    where window_end > usage_hour + interval '2' hour

),

cut as (

    {{ explode_hours('long', 'window_start', 'window_end', columns + ['bytes', 'window_start', 'window_end']) }}

)

select
    usage_hour,
    {{ columns | join(',\n    ') }},
    case
        when window_end <= usage_hour + interval '1' hour then bytes
        else bytes * {{ seconds_between('window_start', "usage_hour + interval '1' hour") }} // {{ seconds_between('window_start', 'window_end') }}
    end as bytes,
    case
        when window_end <= usage_hour + interval '1' hour then 0
        else bytes - bytes * {{ seconds_between('window_start', "usage_hour + interval '1' hour") }} // {{ seconds_between('window_start', 'window_end') }}
    end as next_hour_bytes
from records
where window_end <= usage_hour + interval '2' hour
union all
-- What had passed by the end of the hour less what had passed by its beginning.
select
    usage_hour,
    {{ columns | join(',\n    ') }},
    bytes * {{ seconds_between('window_start', "least(window_end, usage_hour + interval '1' hour)") }} // {{ seconds_between('window_start', 'window_end') }}
    - bytes * {{ seconds_between('window_start', 'greatest(window_start, usage_hour)') }} // {{ seconds_between('window_start', 'window_end') }} as bytes,
    0 as next_hour_bytes
from cut
