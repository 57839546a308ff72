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
    started_at,
    ended_at
from nodes
where record_rank = 1
