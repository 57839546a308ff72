-- Grain: one row per billed line that counts and bills one kind of token in a unit no rule knows. Its money counts as ever; its quantity is no count of tokens and is left out of every one.
with

charges as (

    select
        *,
        {{ unit_key() }} as x_unit_key
    from {{ ref('int_charges__pooled') }}
    where
        token_kind is not null
        and consumed_quantity is not null

)

select
    charges.x_source as source,
    charges.x_source_file as source_file,
    cast(charges.x_source_row_number as bigint) as source_row_number,
    'quantity' as kind,
    'the unit ' || coalesce('''' || charges.consumed_unit || '''', '(none)') || ' of a token line is not known: its money counts, its quantity does not. '
    || 'Add the unit to seeds/reference/unit_multipliers.csv: how many tokens one of it is, for ''' || substr(coalesce(charges.x_sku_text, ''), 1, 120) || '''' as reason
from charges
left join {{ ref('int_charges__units') }} as units
    on
        charges.x_unit_key = units.x_unit_key
        and cast(charges.charge_period_start as date) >= units.valid_from
        and cast(charges.charge_period_start as date) < units.valid_to
where {{ metered_unit('units', 'charges.token_kind') }} is null
