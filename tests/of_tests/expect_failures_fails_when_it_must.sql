-- The helper of all tests of tests is tested too: it must report a wrong count, a missing failure and an unexpected one, and nothing else.
with

two_rows as (

    select *
    from (values (1), (2)) as t (id)

),

reported as (

    with {{ expect_failures([
        ['right count', 'select * from two_rows', 2],
        ['right some', 'select * from two_rows', 'some'],
        ['right none', 'select * from two_rows where false', 0],
        ['wrong count', 'select * from two_rows', 1],
        ['wrong some', 'select * from two_rows where false', 'some'],
        ['wrong none', 'select * from two_rows', 0],
    ]) }}

),

wanted as (

    select *
    from (values ('wrong count'), ('wrong some'), ('wrong none')) as t (test_case)

)

select
    wanted.test_case as wanted_case,
    reported.test_case as reported_case
from wanted
full outer join reported on wanted.test_case = reported.test_case
where
    wanted.test_case is null
    or reported.test_case is null
