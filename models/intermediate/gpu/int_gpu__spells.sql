-- Grain: one row per node interval and spell of time, of the nodes that at some moment were asked for more GPUs than they have:
-- a spell within capacity in one piece, a spell above it from one change to the next.
with

placed as (

    select * from {{ ref('int_gpu__placed') }}
    where node_gpus > 0

),

changes as (

    select
        node_interval,
        started_at as changed_at,
        node_gpus,
        gpus as change
    from placed
    union all
    select
        node_interval,
        ended_at as changed_at,
        node_gpus,
        -gpus as change
    from placed

),

moments as (

    select
        node_interval,
        changed_at,
        any_value(node_gpus) as node_gpus,
        sum(change) as change
    from changes
    group by node_interval, changed_at

),

levels as (

    select
        node_interval,
        node_gpus,
        changed_at as started_at,
        lead(changed_at) over (partition by node_interval order by changed_at) as ended_at,
        sum(change) over (partition by node_interval order by changed_at rows between unbounded preceding and current row) as requested_gpus
    from moments

),

flagged as (

    select
        *,
        requested_gpus > node_gpus as is_over,
        max(case when requested_gpus > node_gpus then 1 else 0 end) over (partition by node_interval) as is_ever_over
    from levels
    where ended_at is not null

),

numbered as (

    select
        *,
        sum(case when is_over or was_over then 1 else 0 end) over (partition by node_interval order by started_at rows between unbounded preceding and current row) as spell
    from (
        select
            *,
            coalesce(lag(is_over) over (partition by node_interval order by started_at), false) as was_over
        from flagged
        where is_ever_over = 1
    ) as steps

)

select
    node_interval,
    spell,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    max(is_over) as is_over,
    any_value(node_gpus) as node_gpus,
    cast(max(requested_gpus) as decimal(38, 6)) as requested_gpus
from numbered
group by node_interval, spell
