-- Grain: one row per row of the ledger whose cost came to be by tokens that calls used: pool and consumer.
-- Conserves: the amounts of the rows it holds. Split pools are all here; a line that names its owner is here when that owner used its key in its period; the rest of the ledger has no calls.
with

pools as (

    select
        *,
        {{ period_from('pool_grain', 'period_start', 'period_start') }} as period_from,
        cast(case when pool_grain = 'span' then period_end end as timestamp) as span_to
    from {{ ref('int_charges__pools') }}
    where driver_family = 'tokens'

),

split as (

    select
        split.*,
        pools.pool_grain,
        pools.period_from,
        pools.span_to,
        case split.key_level when 1 then pools.match_key_1 when 2 then pools.match_key_2 else pools.match_key_3 end as match_key
    from {{ ref('int_inference__split') }} as split
    left join pools on split.pool_id = pools.pool_id
    where split.allocation_step <> 'idle'

),

named_keys as (

    {% for level in range(1, 4) -%}
    select
        direct.pool_id,
        direct.team,
        {{ level }} as key_level,
        pools.match_key_{{ level }} as match_key,
        pools.pool_grain,
        pools.period_from,
        pools.span_to,
        direct.effective_cost_reporting,
        direct.billed_cost_reporting
    from {{ ref('int_allocation__direct') }} as direct
    -- Lines that are no tokens have no calls, whoever they name.
    inner join pools on direct.pool_id = pools.pool_id
    where pools.match_key_{{ level }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

used as (

    {{ usage_in_periods('named_keys', 'team') }}

),

used_keys as (

    select distinct usage_key from used

),

-- The owner is the line's; which of the owner's calls it was is known by tokens, at the best key that finds some.
named as (

    select
        keyed.*,
        min(keyed.key_level) over (partition by keyed.pool_id) as best_key_level
    from (
        select
            *,
            {{ placed_key('team') }} as usage_key
        from named_keys
    ) as keyed
    -- A line whose owner used nothing under any of its keys leaves here: call_cost_coverage shows it without calls.
    inner join used_keys on keyed.usage_key = used_keys.usage_key

)

select
    {{ row_hash(['pool_id', "'consumer'", consumer_key()]) }} as placed_id,
    pool_id,
    'consumer' as placed_by,
    cast(key_level as integer) as key_level,
    match_key,
    pool_grain,
    period_from,
    span_to,
    {{ placed_key(consumer_key()) }} as usage_key,
    evidence_grade,
    effective_cost_reporting,
    billed_cost_reporting
from split
union all
select
    {{ row_hash(['pool_id', "'team'", 'team']) }} as placed_id,
    pool_id,
    'team' as placed_by,
    cast(key_level as integer) as key_level,
    match_key,
    pool_grain,
    period_from,
    span_to,
    usage_key,
    case when key_level = 1 then 'B' else 'C' end as evidence_grade,
    effective_cost_reporting,
    billed_cost_reporting
from named
where key_level = best_key_level
