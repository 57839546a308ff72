-- Grain: one row per distinct (provider, consumed_unit, x_sku_text, x_unit_text) on a bill and interval in which one unit rule holds; a unit no rule knows has one row without a base unit.
-- What a quantity counts, decided once per SKU by dated rules in a seed. An unknown unit is never taken as 1.
with

keys as (

    select distinct
        {{ unit_key() }} as x_unit_key,
        provider,
        consumed_unit,
        x_sku_text,
        x_unit_text,
        lower(trim(consumed_unit)) as unit,
        coalesce(concat_ws('|', x_sku_text, x_unit_text), '') as text
    from {{ ref('int_charges__delivered') }}
    where consumed_unit is not null

),

candidates as (

    select
        keys.x_unit_key,
        rules.priority,
        rules.valid_from,
        rules.valid_to,
        rules.rule_id as x_unit_rule_id,
        rules.base_unit,
        rules.multiplier as unit_multiplier,
        rules.divisor as unit_divisor
    from keys
    -- Units no rule knows leave here and come back in the left join below.
    inner join {{ ref('unit_multipliers') }} as rules
        on
            (keys.unit = rules.unit or rules.unit = '*')
            and (rules.text_pattern is null or {{ regex_match('keys.text', 'rules.text_pattern') }})

),

winners as (

    {{ dated_rule_winners('candidates', 'x_unit_key', ['x_unit_rule_id', 'base_unit', 'unit_multiplier', 'unit_divisor']) }}

)

select
    keys.x_unit_key,
    keys.provider,
    keys.consumed_unit,
    keys.x_sku_text,
    keys.x_unit_text,
    coalesce(winners.valid_from, date '1900-01-01') as valid_from,
    coalesce(winners.valid_to, date '9999-12-31') as valid_to,
    winners.x_unit_rule_id,
    winners.base_unit,
    winners.unit_multiplier,
    winners.unit_divisor
from keys
left join winners on keys.x_unit_key = winners.x_unit_key
