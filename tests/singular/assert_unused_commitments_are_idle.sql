-- A commitment that was paid for and not used is idle, with its own reason: never the use of whoever happened to run that day, and never a gap in the tags.
select
    pools.pool_id,
    pools.x_line_item_type,
    ladder.allocation_step,
    ladder.reason
from {{ ref('int_charges__pools') }} as pools
left join {{ ref('int_allocation__ladder') }} as ladder on pools.pool_id = ladder.pool_id
where
    pools.is_unused_commitment
    and (ladder.allocation_step is distinct from 'idle' or ladder.reason is distinct from 'unused_commitment')
