-- A quantity times what its unit counts, exactly, and nothing at all where the unit is unknown. A returned row is a reading that is off.
with

cases as (

    select
        case_number,
        base_unit,
        cast(unit_multiplier as bigint) as unit_multiplier,
        cast(unit_divisor as bigint) as unit_divisor,
        token_kind,
        cast(quantity as decimal(38, 12)) as quantity,
        cast(expected as decimal(38, 12)) as expected
    from (
        values
        (1, 'tokens', 1000, 1, 'input', '29.481', '29481'),
        (2, 'tokens', 1000000, 1, 'output', '4.8', '4800000'),
        (3, 'tokens', 1000, 1, 'cache_read', '-5', '-5000'),
        (4, 'tpm_hours', 1000, 1, 'input', '2', '2000'),
        (5, 'hours', 1, 3600, null, '5400', '1.5'),
        (6, 'hours', 1, 3600, null, '1', '0.000277777778'),
        (7, 'hours', 1, 3600, null, '-3601.5', '-1.000416666667'),
        (8, 'gib', 1, 1073741824, null, '1152921504606846976', '1073741824'),
        (9, 'gib', 1024, 1, null, '98765432109876', '101135802480513024'),
        -- Requests are no tokens, and an unknown unit is not 1.
        (10, 'requests', 1000, 1, 'input', '7', null),
        (11, null, null, null, 'input', '7', null),
        (12, null, null, null, null, '7', null)
    ) as worked (case_number, base_unit, unit_multiplier, unit_divisor, token_kind, quantity, expected)

),

readings as (

    select
        *,
        {{ normalised_quantity('quantity', 'cases', 'token_kind') }} as observed
    from cases

)

select *
from readings
where observed is distinct from expected
