-- non_overlapping_intervals passes on half-open intervals that touch, and fails on every kind of overlap and on one that ends before it starts.
with

good as (

    select *
    from (
        values
        ('key-1', null, date '2026-09-15'),
        ('key-1', date '2026-09-15', date '2026-10-01'),
        ('key-1', date '2026-11-01', null),
        ('key-2', date '2026-09-01', null),
        (null, date '2026-09-01', null)
    ) as t (key_id, valid_from, valid_to)

),

one_day_overlap as (

    select
        key_id,
        valid_from,
        case when valid_to = date '2026-09-15' then date '2026-09-16' else valid_to end as valid_to
    from good

),

inside_a_long_one as (

    select *
    from (
        values
        ('key-1', date '2026-01-01', date '2026-12-01'),
        ('key-1', date '2026-02-01', date '2026-02-02'),
        ('key-1', date '2026-05-01', date '2026-05-02')
    ) as t (key_id, valid_from, valid_to)

),

two_open_ends as (

    select *
    from good
    union all
    select
        'key-2' as key_id,
        date '2026-10-01' as valid_from,
        null as valid_to

),

same_twice as (

    select *
    from good
    union all
    select *
    from good
    where key_id is null

),

ends_before_it_starts as (

    select
        'key-1' as key_id,
        date '2026-09-15' as valid_from,
        date '2026-09-14' as valid_to

),

no_length as (

    select
        'key-1' as key_id,
        date '2026-09-15' as valid_from,
        date '2026-09-15' as valid_to

),

empty as (

    select *
    from good
    where false

),

{{ expect_failures([
    ['intervals that touch pass', test_non_overlapping_intervals('good', 'key_id'), 0],
    ['one day of overlap fails', test_non_overlapping_intervals('one_day_overlap', ['key_id']), 1],
    ['a short one inside a long one fails, also not next to it', test_non_overlapping_intervals('inside_a_long_one', 'key_id'), 2],
    ['two open ends fail', test_non_overlapping_intervals('two_open_ends', 'key_id'), 1],
    ['the same row twice fails, also for a null key', test_non_overlapping_intervals('same_twice', 'key_id'), 1],
    ['an end before the start fails', test_non_overlapping_intervals('ends_before_it_starts', 'key_id'), 1],
    ['an interval of no length fails', test_non_overlapping_intervals('no_length', 'key_id'), 1],
    ['no rows fail', test_non_overlapping_intervals('empty', 'key_id'), 1],
    ['no rows pass where that is allowed', test_non_overlapping_intervals('empty', 'key_id', allow_empty=true), 0],
]) }}
