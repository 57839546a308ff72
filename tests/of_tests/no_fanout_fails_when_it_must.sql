-- no_fanout passes when a join kept the parent's rows, and fails when it made more, also where another row was lost and the counts agree.
with

parent as (

    select *
    from (values ('line-1'), ('line-2'), ('line-3'), ('line-3'), (null)) as t (line_id)

),

joined as (

    select
        line_id as charge_id,
        'owner' as team
    from parent

),

fanned_out as (

    select *
    from joined
    union all
    select
        'line-1' as charge_id,
        'second owner' as team

),

one_doubled_one_lost as (

    select *
    from fanned_out
    where charge_id is distinct from 'line-2'

),

one_lost as (

    select *
    from joined
    where charge_id is distinct from 'line-2'

),

twin_lost as (

    select distinct *
    from joined

),

null_key_doubled as (

    select *
    from joined
    union all
    select *
    from joined
    where charge_id is null

),

from_nowhere as (

    select *
    from joined
    union all
    select
        'line-9' as charge_id,
        'owner' as team

),

empty as (

    select *
    from joined
    where false

),

{{ expect_failures([
    ['a clean join passes, true twins and null keys included', test_no_fanout('joined', 'parent', 'charge_id', 'line_id', every_row=true), 0],
    ['a fan-out fails', test_no_fanout('fanned_out', 'parent', 'charge_id', 'line_id'), 1],
    ['a fan-out hidden by a lost row fails', test_no_fanout('one_doubled_one_lost', 'parent', ['charge_id'], ['line_id']), 1],
    ['both show when every row is wanted', test_no_fanout('one_doubled_one_lost', 'parent', 'charge_id', 'line_id', every_row=true), 2],
    ['a lost row is no fan-out', test_no_fanout('one_lost', 'parent', 'charge_id', 'line_id'), 0],
    ['a lost row fails when every row is wanted', test_no_fanout('one_lost', 'parent', 'charge_id', 'line_id', every_row=true), 1],
    ['a lost twin fails when every row is wanted', test_no_fanout('twin_lost', 'parent', 'charge_id', 'line_id', every_row=true), 1],
    ['a doubled null key fails', test_no_fanout('null_key_doubled', 'parent', 'charge_id', 'line_id'), 1],
    ['a key from nowhere fails', test_no_fanout('from_nowhere', 'parent', 'charge_id', 'line_id'), 1],
    ['an empty model fails', test_no_fanout('empty', 'parent', 'charge_id', 'line_id'), 1],
    ['an empty parent fails', test_no_fanout('joined', 'empty', 'charge_id'), 'some'],
    ['two empty sides fail', test_no_fanout('empty', 'empty', 'charge_id'), 1],
    ['two empty sides pass where that is allowed', test_no_fanout('empty', 'empty', 'charge_id', allow_empty=true), 0],
]) }}
