-- shares_sum_to_one passes on whole pools, and fails for a share that is missing, double or unknown.
with

good as (

    select *
    from (
        values
        ('pool-1', 'a', 1.0 / 3),
        ('pool-1', 'b', 1.0 / 3),
        ('pool-1', 'c', 1.0 / 3),
        (null, 'a', 1.0)
    ) as t (pool_id, team, share)

),

missing_consumer as (

    select *
    from good
    where team <> 'c'

),

doubled as (

    select *
    from good
    union all
    select *
    from good
    where team = 'b'

),

unknown_share as (

    select *
    from good
    union all
    select
        'pool-1' as pool_id,
        'd' as team,
        null as share

),

only_unknown_shares as (

    select
        'pool-1' as pool_id,
        cast(null as double) as share

),

offsetting as (

    select
        'pool-' || pool_number as pool_id,
        case when pool_number = 1 then 0.5 else 1.5 end as share
    from (values (1), (2)) as t (pool_number)

),

empty as (

    select *
    from good
    where false

),

{{ expect_failures([
    ['thirds pass', test_shares_sum_to_one('good', 'share', 'pool_id'), 0],
    ['a consumer left out fails', test_shares_sum_to_one('missing_consumer', 'share', ['pool_id']), 1],
    ['a doubled share fails', test_shares_sum_to_one('doubled', 'share', 'pool_id'), 1],
    ['a null share fails though the others sum to one', test_shares_sum_to_one('unknown_share', 'share', 'pool_id'), 1],
    ['a pool of null shares fails', test_shares_sum_to_one('only_unknown_shares', 'share', 'pool_id'), 1],
    ['pools are not averaged with one another', test_shares_sum_to_one('offsetting', 'share', 'pool_id'), 2],
    ['an empty model fails', test_shares_sum_to_one('empty', 'share', 'pool_id'), 1],
    ['a filter that leaves nothing fails', test_shares_sum_to_one('good', 'share', 'pool_id', rows_where="team = 'z'"), 1],
    ['an empty model passes where that is allowed', test_shares_sum_to_one('empty', 'share', 'pool_id', allow_empty=true), 0],
]) }}
