-- A layer whose split is not in the ladder's union loses no money, since its pools fall through to the unallocated step: so its rows are counted.
with

splits as (

    {% for split in ['inference__split', 'inference__throughput_split', 'gpu__split', 'retrieval__split', 'storage__split', 'egress__split'] -%}
    select
        '{{ split }}' as layer,
        pool_id,
        allocation_step
    from {{ ref('int_' ~ split) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

placed as (

    select distinct
        pool_id,
        case when allocation_step = 'idle' then 'idle' else 'metered' end as placed_as
    from {{ ref('int_allocation__ladder') }}
    where allocation_method not in ('none', 'even', 'fixed', 'weighted', 'proportional')

)

select distinct
    splits.layer,
    splits.pool_id
from splits
left join placed
    on
        splits.pool_id = placed.pool_id
        and placed.placed_as = case when splits.allocation_step = 'idle' then 'idle' else 'metered' end
where placed.pool_id is null
