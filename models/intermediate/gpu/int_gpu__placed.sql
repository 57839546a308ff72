-- Grain: one row per workload interval and machine it lay on; time for which no machine is known is a row of its own, without a resource.
-- A node's name may be used again by another machine: a pod belongs to the machine of its time. One that still runs is cut at the last moment the telemetry speaks of.
{% set told = ['evidence', 'provider', 'account_id', 'region', 'resource_id', 'instance_type', 'cluster', 'node_name', 'namespace', 'pod_name', 'workload_name', 'tags', 'state', 'gpus'] -%}
with

nodes as (

    select * from {{ ref('int_gpu__nodes') }}

),

horizon as (

    select max(ended_at) as observed_until from nodes

),

closed as (

    select
        {% for column in told -%}
        requests.{{ column }},
        {% endfor -%}
        requests.started_at,
        coalesce(requests.ended_at, horizon.observed_until) as ended_at,
        requests.ended_at is null as is_open,
        row_number() over () as request_number
    from {{ ref('int_gpu__requests') }} as requests
    cross join horizon

),

matched as (

    select
        closed.*,
        nodes.provider as node_provider,
        nodes.account_id as node_account_id,
        nodes.region as node_region,
        nodes.resource_id as node_resource_id,
        nodes.instance_type as node_instance_type,
        nodes.node_interval,
        nodes.gpus as node_gpus,
        greatest(closed.started_at, nodes.started_at) as held_from,
        least(closed.ended_at, nodes.ended_at) as held_until
    from closed
    left join nodes
        on
            closed.resource_id is null
            and closed.cluster is not distinct from nodes.cluster
            and closed.node_name = nodes.node_name
            and closed.started_at < nodes.ended_at
            and closed.ended_at > nodes.started_at

),

placed as (

    select
        evidence,
        coalesce(provider, node_provider) as provider,
        coalesce(account_id, node_account_id) as account_id,
        coalesce(region, node_region) as region,
        coalesce(resource_id, node_resource_id) as resource_id,
        coalesce(instance_type, node_instance_type) as instance_type,
        cluster,
        node_name,
        node_interval,
        node_gpus,
        namespace,
        pod_name,
        workload_name,
        tags,
        state,
        coalesce(held_from, started_at) as started_at,
        coalesce(held_until, ended_at) as ended_at,
        gpus
    from matched
    -- An interval of no time held nothing.
    where coalesce(held_until, ended_at) > coalesce(held_from, started_at)

),

-- Before, between and after the machines a pod lay on: held somewhere nobody named. A pod without a known end ended with its machine.
edges as (

    select
        *,
        coalesce(lag(held_until) over (partition by request_number order by held_from), started_at) as gap_from,
        row_number() over (partition by request_number order by held_from desc) as from_last
    from matched
    where node_interval is not null

),

gaps as (

    select
        {{ told | join(', ') }},
        gap_from as started_at,
        held_from as ended_at
    from edges
    where gap_from < held_from
    union all
    select
        {{ told | join(', ') }},
        held_until as started_at,
        ended_at
    from edges
    where
        from_last = 1
        and not is_open
        and held_until < ended_at

)

select * from placed
union all
select
    evidence,
    provider,
    account_id,
    region,
    cast(null as varchar) as resource_id,
    instance_type,
    cluster,
    node_name,
    cast(null as varchar) as node_interval,
    cast(null as decimal(38, 6)) as node_gpus,
    namespace,
    pod_name,
    workload_name,
    tags,
    state,
    started_at,
    ended_at,
    gpus
from gaps
