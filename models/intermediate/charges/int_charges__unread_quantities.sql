-- Grain: one row per billed line that counts and bills one kind of token in a unit no rule knows. Its money counts as ever; its quantity is no count of tokens and is left out of every one.
select
    x_source as source,
    x_source_file as source_file,
    cast(x_source_row_number as bigint) as source_row_number,
    'quantity' as kind,
    'the unit ' || coalesce('''' || consumed_unit || '''', '(none)') || ' of a token line is not known: its money counts, its quantity does not. '
    || 'Add the unit to seeds/reference/unit_multipliers.csv: how many tokens one of it is, for ''' || substr(coalesce(x_sku_text, ''), 1, 120) || '''' as reason
from {{ ref('int_charges__pooled') }}
where
    token_kind is not null
    and consumed_quantity is not null
    and metered_unit is null
