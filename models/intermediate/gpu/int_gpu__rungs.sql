-- Grain: one row per row of the ledger's GPU layer, hour and rung: what each billed dollar of a machine paid for.
-- Conserves: every amount of every ledger row of a GPU pool. The split of a machine's bill is by GPU-seconds held; here each part is only told apart, by the same seconds.
with

ledger as (

    select
        ladder.*,
        row_number() over () as row_key,
        pools.is_unused_commitment,
        coalesce(ladder.key_level, 1) as cell_level,
        case coalesce(ladder.key_level, 1)
            when 1 then pools.match_key_1
            when 2 then pools.match_key_2
            else pools.match_key_3
        end as match_key,
        case when pools.pool_grain = 'span' then pools.period_start else date_trunc(pools.pool_grain, pools.period_start) end as cells_from,
        case pools.pool_grain
            when 'hour' then date_trunc('hour', pools.period_start) + interval '1' hour
            when 'day' then date_trunc('day', pools.period_start) + interval '1' day
            when 'month' then date_trunc('month', pools.period_start) + interval '1' month
            else pools.period_end
        end as cells_until,
        date_trunc('hour', pools.period_start) as first_hour,
        case
            when pools.is_unused_commitment then 'nothing'
            when ladder.allocation_step = 'idle' then 'idle'
            when ladder.driver_units is null or ladder.allocation_step = 'direct' then 'all'
            else {{ surrogate_key(['ladder.team', 'ladder.feature', 'ladder.environment', 'ladder.workload', "case when ladder.allocation_step = 'unallocated' then null else ladder.rule_id end"]) }}
        end as consumer_key
    from {{ ref('int_allocation__ladder') }} as ladder
    inner join {{ ref('int_charges__pools') }} as pools
        on
            ladder.pool_id = pools.pool_id
            and pools.driver_family = 'gpu'

),

units as (

    select
        key_level,
        match_key,
        usage_hour,
        rung,
        case
            when rung = 'idle' then 'idle'
            else {{ surrogate_key(['team', 'feature', 'environment', 'workload', "case when team = 'unallocated' then null else rule_id end"]) }}
        end as consumer_key,
        units
    from {{ ref('int_gpu__rung_units') }}

),

-- A line that names its owner has all rungs of its machine.
cells as (

    select
        key_level,
        match_key,
        usage_hour,
        rung,
        consumer_key,
        sum(units) as units
    from units
    group by all
    union all
    select
        key_level,
        match_key,
        usage_hour,
        rung,
        'all' as consumer_key,
        sum(units) as units
    from units
    group by all

),

matched as (

    select
        ledger.row_key,
        ledger.pool_id,
        coalesce(cells.usage_hour, ledger.first_hour) as usage_hour,
        coalesce(cells.rung, case when ledger.is_unused_commitment then 'unused_commitment' else 'no_telemetry' end) as rung,
        cells.units,
        coalesce(cells.units, 1) as weight,
        {% for amount in money_columns() -%}
        ledger.{{ amount }} as row_{{ amount }},
        {% endfor -%}
        ledger.allocation_step,
        ledger.rule_id,
        ledger.team,
        ledger.feature,
        ledger.environment,
        ledger.workload
    from ledger
    left join cells
        on
            ledger.cell_level = cells.key_level
            and ledger.match_key = cells.match_key
            and ledger.consumer_key = cells.consumer_key
            and ledger.cells_from <= cells.usage_hour
            and ledger.cells_until > cells.usage_hour

),

totals as (

    select
        row_key,
        sum(weight) as weight
    from matched
    group by row_key

),

shares as (

    select
        matched.*,
        {% for amount in money_columns() -%}
        {{ mul_div('matched.row_' ~ amount, 'cast(matched.weight * 1000000 as decimal(38, 0))', 'cast(totals.weight * 1000000 as decimal(38, 0))') }} as {{ amount }},
        {% endfor -%}
        row_number() over (partition by matched.row_key order by matched.weight desc, matched.usage_hour asc, matched.rung asc) as share_rank
    from matched
    inner join totals on matched.row_key = totals.row_key

),

remainders as (

    select
        {% for amount in money_columns() -%}
        any_value(row_{{ amount }}) - sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        row_key
    from shares
    group by row_key

)

select
    shares.pool_id,
    shares.usage_hour,
    shares.rung,
    shares.allocation_step,
    shares.rule_id,
    shares.team,
    shares.feature,
    shares.environment,
    shares.workload,
    {% for amount in money_columns() -%}
    cast(shares.{{ amount }} + case when shares.share_rank = 1 then remainders.{{ amount }} else 0 end as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    shares.units
from shares
left join remainders on shares.row_key = remainders.row_key
