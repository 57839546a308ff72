-- A share is taken in whole units of the last decimal place and rounded once, half away from zero. A double has 53 bits: the large pools here show its error.
with

cases as (

    select
        case_number,
        cast(pool as decimal(38, 12)) as pool,
        cast(units as decimal(38, 0)) as units,
        cast(units_total as decimal(38, 0)) as units_total,
        cast(expected as decimal(38, 12)) as expected
    from (
        values
        (1, '98765.432109876543', '1', '3', '32921.810703292181'),
        (2, '98765.432109876543', '2', '3', '65843.621406584362'),
        (3, '-98765.432109876543', '2', '3', '-65843.621406584362'),
        (4, '40000.000000000001', '999999999999999', '1000000000000000', '39999.999999999961'),
        (5, '0.000000000001', '1', '2', '0.000000000001'),
        (6, '-0.000000000001', '1', '2', '-0.000000000001'),
        (7, '0.000000000001', '49', '100', '0'),
        (8, '100', '1', '3', '33.333333333333'),
        (9, '12345678.901234567891', '123456789012345', '987654321098765', '1543209.848591813302'),
        (10, '5', '0', '7', '0')
    ) as worked (case_number, pool, units, units_total, expected)

),

shares as (

    select
        cases.*,
        {{ mul_div('pool', 'units', 'units_total') }} as observed
    from cases

)

select *
from shares
where observed is distinct from expected
