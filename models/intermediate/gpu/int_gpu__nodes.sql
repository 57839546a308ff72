-- Grain: one row per node interval: what capacity existed, and which billed resource it is.
with

nodes as (

    select
        *,
        row_number() over (
            partition by cluster, node_name, started_at
            order by ended_at desc nulls last, x_source_file desc, x_source_row_number desc
        ) as record_rank
    from {{ ref('stg_kubernetes__node_hours') }}
    where x_quarantine_reason is null

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
    select cast(max(charge_period_end) as timestamp) as observed_at
    from {{ ref('int_charges__unioned') }}
    where charge_category = 'Usage'

),

horizon as (

    select max(observed_at) as observed_until
    from observed

)

select
    nodes.provider,
    nodes.account_id,
    nodes.region,
    nodes.cluster,
    nodes.node_name,
    {{ resource_key('coalesce(nodes.resource_id, nodes.node_name)') }} as resource_id,
    nodes.instance_type,
    nodes.gpus,
    nodes.started_at,
    coalesce(nodes.ended_at, horizon.observed_until) as ended_at
from nodes
cross join horizon
where nodes.record_rank = 1
