-- Grain: one row per node interval: what capacity existed, and which billed resource it is.
with

listed as (

    select
        *,
        row_number() over (
            partition by cluster, node_name, started_at
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_kubernetes__node_hours') }}
    where x_quarantine_reason is null

),

{% set told = ['provider', 'account_id', 'region', 'cluster', 'node_name', 'resource_id', 'instance_type', 'gpus', 'started_at', 'ended_at'] -%}
-- A node that is listed is not taken from kube-state-metrics too.
nodes as (

    select {{ told | join(', ') }}
    from listed
    where record_rank = 1
    union all
    select {{ told | join(', ') }}
    from {{ ref('int_gpu__kube_nodes') }} as seen
    where
        gpus > 0
        and not exists (
            select 1
            from listed
            where
                seen.cluster is not distinct from listed.cluster
                and seen.node_name = listed.node_name
        )

),

-- A node that still runs is there until the last moment any of its kind, any pod or any bill speaks of.
observed as (

    select max(coalesce(ended_at, started_at)) as observed_at
    from {{ ref('stg_kubernetes__node_hours') }}
    where x_quarantine_reason is null
    union all
    select max(coalesce(ended_at, scheduled_at)) as observed_at
    from {{ ref('stg_kubernetes__gpu_pods') }}
    where x_quarantine_reason is null
    union all
    select max(coalesce(ended_at, started_at)) as observed_at
    from {{ ref('int_gpu__kube_nodes') }}
    union all
    select max(sampled_at) as observed_at
    from {{ ref('stg_kubernetes__state_metrics') }}
    where x_quarantine_reason is null
    union all
    select cast(max(charge_period_end) as timestamp) as observed_at
    from {{ ref('int_charges__unioned') }}
    where charge_category = 'Usage'

),

horizon as (

    select max(observed_at) as observed_until
    from observed

),

closed as (

    select
        nodes.*,
        coalesce(
            nodes.ended_at,
            lead(nodes.started_at) over (partition by nodes.cluster, nodes.node_name order by nodes.started_at),
            horizon.observed_until
        ) as closed_at
    from nodes
    cross join horizon

),

-- Two records that speak of one time are one machine once: the earlier one holds until its end. Without a name nobody knows whether it is one.
apart as (

    select
        *,
        greatest(
            started_at,
            case
                when node_name is not null
                    then max(closed_at) over (partition by cluster, node_name order by started_at rows between unbounded preceding and 1 preceding)
            end
        ) as opened_at
    from closed

)

select
    provider,
    account_id,
    region,
    cluster,
    node_name,
    {{ resource_key('coalesce(resource_id, node_name)') }} as resource_id,
    instance_type,
    gpus,
    opened_at as started_at,
    closed_at as ended_at,
    {{ surrogate_key(['cluster', 'node_name', 'resource_id', 'opened_at']) }} as node_interval
from apart
where opened_at < closed_at
