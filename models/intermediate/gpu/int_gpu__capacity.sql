-- Grain: one row per key level, match key and hour: the GPU-seconds that existed on the nodes.
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

)

{{ driver_levels('gpu', 'held', ['usage_hour', 'capacity_units'], rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}
