-- Grain: one row per workload interval on one machine, cut where the machine was asked for more than it has.
-- At no moment do the GPUs held on a node exceed its GPUs: more than there is is scaled down, all in one proportion, to exactly what there is, and flagged.
{% set told = ['evidence', 'provider', 'account_id', 'region', 'resource_id', 'instance_type', 'cluster', 'node_name', 'namespace', 'pod_name', 'workload_name', 'tags', 'state'] -%}
{% set scaled = mul_div('placed.gpus', 'cast(spells.node_gpus * 1000000 as decimal(38, 0))', 'cast(spells.requested_gpus * 1000000 as decimal(38, 0))') -%}
with

placed as (

    select
        *,
        row_number() over () as placed_number
    from {{ ref('int_gpu__placed') }}

),

spells as (

    select * from {{ ref('int_gpu__spells') }}

),

cut as (

    select
        {% for column in told -%}
        placed.{{ column }},
        {% endfor -%}
        placed.placed_number,
        placed.node_interval,
        placed.node_gpus,
        placed.gpus as requested_gpus,
        greatest(placed.started_at, coalesce(spells.started_at, placed.started_at)) as started_at,
        least(placed.ended_at, coalesce(spells.ended_at, placed.ended_at)) as ended_at,
        coalesce(spells.is_over, false) as is_overcommitted,
        spells.spell,
        case when spells.is_over then {{ floor_millionths(scaled) }} else placed.gpus end as held_gpus
    from placed
    left join spells
        on
            placed.node_interval = spells.node_interval
            and placed.started_at < spells.ended_at
            and placed.ended_at > spells.started_at

),

-- What rounding down left of the node, to the largest.
ranked as (

    select
        *,
        node_gpus - sum(held_gpus) over (partition by node_interval, spell) as remainder,
        row_number() over (partition by node_interval, spell order by requested_gpus desc, namespace asc, pod_name asc, placed_number asc) as size_rank
    from cut
    where is_overcommitted

),

settled as (

    select
        {{ told | join(', ') }},
        started_at,
        ended_at,
        requested_gpus,
        is_overcommitted,
        held_gpus + case when size_rank = 1 then remainder else 0 end as held_gpus
    from ranked
    union all
    select
        {{ told | join(', ') }},
        started_at,
        ended_at,
        requested_gpus,
        is_overcommitted,
        held_gpus
    from cut
    where not is_overcommitted

)

select
    {{ told | join(', ') }},
    started_at,
    ended_at,
    cast(held_gpus as decimal(38, 6)) as gpus,
    requested_gpus,
    is_overcommitted
from settled
where held_gpus > 0
