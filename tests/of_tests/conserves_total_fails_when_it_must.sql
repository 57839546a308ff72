-- conserves_total passes when money in equals money out, and fails for each way in which it can go astray.
with

charges as (

    select *
    from (
        values
        ('pool-1', cast(100.000000000000 as decimal(38, 12)), cast(90 as decimal(38, 12))),
        ('pool-2', cast(-7.5 as decimal(38, 12)), cast(-7.5 as decimal(38, 12))),
        (null, cast(3 as decimal(38, 12)), cast(3 as decimal(38, 12)))
    ) as t (pool_id, billed_cost, effective_cost)

),

thirds as (

    select *
    from (
        values
        ('pool-1', 'a', cast(33.333333333334 as decimal(38, 12)), cast(30 as decimal(38, 12))),
        ('pool-1', 'b', cast(33.333333333333 as decimal(38, 12)), cast(30 as decimal(38, 12))),
        ('pool-1', 'c', cast(33.333333333333 as decimal(38, 12)), cast(30 as decimal(38, 12))),
        ('pool-2', 'a', cast(-7.5 as decimal(38, 12)), cast(-7.5 as decimal(38, 12))),
        (null, 'unallocated', cast(3 as decimal(38, 12)), cast(3 as decimal(38, 12)))
    ) as t (pool_key, team, billed_cost, effective_cost)

),

one_unit_short as (

    select
        pool_key,
        team,
        effective_cost,
        billed_cost - case when team = 'a' and pool_key = 'pool-1' then 0.000000000001 else 0 end as billed_cost
    from thirds

),

residual_dropped as (

    select *
    from thirds
    where team <> 'unallocated'

),

doubled as (

    select *
    from thirds
    union all
    select *
    from thirds
    where team = 'b'

),

moved_between_pools as (

    select
        case when team = 'c' then 'pool-2' else pool_key end as pool_key,
        billed_cost,
        effective_cost
    from thirds

),

null_pool_renamed as (

    select
        coalesce(pool_key, '') as pool_key,
        billed_cost,
        effective_cost
    from thirds

),

null_amount_hidden as (

    select *
    from thirds
    union all
    select
        'pool-1' as pool_key,
        'd' as team,
        null as billed_cost,
        0 as effective_cost

),

not_a_number as (

    select
        pool_key,
        effective_cost,
        case when team = 'b' then cast('NaN' as double) else cast(billed_cost as double) end as billed_cost
    from thirds

),

empty as (

    select *
    from thirds
    where false

),

{{ expect_failures([
    ['thirds with the remainder placed pass', test_conserves_total('thirds', 'charges', columns=['billed_cost', 'effective_cost'], group_by='pool_key', to_group_by='pool_id'), 0],
    ['the grand total alone passes', test_conserves_total('thirds', 'charges', column_name='billed_cost'), 0],
    ['one unit of the last decimal place is a failure', test_conserves_total('one_unit_short', 'charges', columns=['billed_cost', 'effective_cost'], group_by=['pool_key'], to_group_by=['pool_id']), 1],
    ['a tolerance lets it pass', test_conserves_total('one_unit_short', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id', tolerance=0.00000001), 0],
    ['a lost group fails, also when its key is null', test_conserves_total('residual_dropped', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 1],
    ['a lost group fails in the grand total', test_conserves_total('residual_dropped', 'charges', column_name='billed_cost'), 1],
    ['a doubled share fails', test_conserves_total('doubled', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 1],
    ['money moved between two groups fails in both', test_conserves_total('moved_between_pools', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 2],
    ['a null key that turned into another is lost and invented', test_conserves_total('null_pool_renamed', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 2],
    ['a null amount fails though the totals agree', test_conserves_total('null_amount_hidden', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 1],
    ['not a number fails', test_conserves_total('not_a_number', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 1],
    ['only the column that differs fails', test_conserves_total('thirds', 'charges', columns=['billed_cost', 'effective_cost'], to_columns=['effective_cost', 'effective_cost'], group_by='pool_key', to_group_by='pool_id'), 1],
    ['an empty model fails', test_conserves_total('empty', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id'), 'some'],
    ['an empty other side fails', test_conserves_total('thirds', 'empty', column_name='billed_cost', group_by='pool_key'), 'some'],
    ['two empty sides fail', test_conserves_total('empty', 'empty', column_name='billed_cost', group_by='pool_key'), 1],
    ['two empty sides fail in the grand total', test_conserves_total('empty', 'empty', column_name='billed_cost'), 1],
    ['a filter that leaves nothing fails', test_conserves_total('thirds', 'thirds', column_name='billed_cost', group_by='pool_key', rows_where="pool_key = 'no such pool'"), 1],
    ['two empty sides pass where that is allowed', test_conserves_total('empty', 'empty', column_name='billed_cost', group_by='pool_key', allow_empty=true), 0],
    ['an empty model still fails against money where empty is allowed', test_conserves_total('empty', 'charges', column_name='billed_cost', group_by='pool_key', to_group_by='pool_id', allow_empty=true), 3],
]) }}
