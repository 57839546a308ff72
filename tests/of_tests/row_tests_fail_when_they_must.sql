-- The tests that look at one relation row by row: each passes on good rows, fails for each kind of bad one, and fails on no rows.
with

good as (

    select *
    from (
        values
        (1, 'a', null, 0.0),
        (2, 'a', 'x', 0.5),
        (3, null, 'x', 1.0)
    ) as t (id, team, feature, share)

),

twin as (

    select *
    from good
    union all
    select *
    from good
    where id = 1

),

above as (

    select
        id,
        share + 0.0001 as share
    from good

),

below as (

    select
        id,
        share - 0.0001 as share
    from good

),

unknown as (

    select
        1 as id,
        cast(null as double) as share

),

empty as (

    select *
    from good
    where false

),

{{ expect_failures([
    ['not_empty passes on rows', test_not_empty('good'), 0],
    ['not_empty fails on none', test_not_empty('empty'), 1],
    ['not_empty fails when no row is of the kind', test_not_empty('good', rows_where='id > 3'), 1],
    ['not_empty passes when one row is', test_not_empty('good', rows_where='id = 3'), 0],

    ['unique_combination passes on keys with nulls', test_unique_combination('good', ['team', 'feature']), 0],
    ['unique_combination fails on a twin, nulls being equal', test_unique_combination('twin', ['team', 'feature']), 1],
    ['unique_combination fails on part of the key', test_unique_combination('good', ['team']), 1],
    ['unique_combination fails on no rows', test_unique_combination('empty', ['team', 'feature']), 1],
    ['unique_combination passes on no rows where that is allowed', test_unique_combination('empty', ['team', 'feature'], allow_empty=true), 0],

    ['accepted_range passes on its bounds', test_accepted_range('good', 'share', 0, 1), 0],
    ['accepted_range fails above', test_accepted_range('above', 'share', 0, 1), 1],
    ['accepted_range fails below', test_accepted_range('below', 'share', min_value=0), 1],
    ['accepted_range fails when every value is null', test_accepted_range('unknown', 'share', 0, 1), 1],
    ['accepted_range fails on no rows', test_accepted_range('empty', 'share', 0, 1), 1],
    ['accepted_range passes on no rows where that is allowed', test_accepted_range('empty', 'share', 0, 1, allow_empty=true), 0],

    ['expression_is_true passes', test_expression_is_true('good', 'share between 0 and 1'), 0],
    ['expression_is_true reads a column test', test_expression_is_true('good', '>= 0', column_name='share'), 0],
    ['expression_is_true fails for each row', test_expression_is_true('good', 'id < 2'), 2],
    ['expression_is_true fails on an unknown', test_expression_is_true('unknown', 'share >= 0'), 1],
    ['expression_is_true fails on no rows', test_expression_is_true('empty', 'share >= 0'), 1],
    ['expression_is_true passes on no rows where that is allowed', test_expression_is_true('empty', 'share >= 0', allow_empty=true), 0],

    ['no_rows_where passes', test_no_rows_where('good', 'share > 1'), 0],
    ['no_rows_where fails for each row', test_no_rows_where('good', 'id >= 2'), 2],
    ['no_rows_where fails on no rows', test_no_rows_where('empty', 'share > 1'), 1],
    ['no_rows_where passes on no rows where that is allowed', test_no_rows_where('empty', 'share > 1', allow_empty=true), 0],
]) }}
