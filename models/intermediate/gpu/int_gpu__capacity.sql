-- Grain: one row per key level, match key and hour: the GPU-seconds that existed on the nodes; for machines no telemetry knows, the cost AWS split, used and unused.
with

nodes as (

    select *
    from {{ ref('int_gpu__nodes') }}

),

hours as (

    {{ explode_hours('nodes', 'started_at', 'ended_at', ['provider', 'account_id', 'region', 'resource_id', 'instance_type', 'gpus']) }}

),

held as (

    select
        *,
        gpus * seconds as capacity_units
    from hours

),

keyed as (

    {{ driver_levels('gpu', 'held', ['usage_hour', 'capacity_units'], rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}

)

select * from keyed
union all
select
    1 as key_level,
    {{ match_key(['provider', 'resource_id']) }} as match_key,
    usage_hour,
    split_cost_micros + unused_cost_micros as capacity_units
from {{ ref('int_gpu__split_usage') }}
where {{ match_key(['provider', 'resource_id']) }} is not null
