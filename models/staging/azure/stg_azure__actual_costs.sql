-- Grain: one row per line of an Azure cost details export, actual cost, as delivered (EA, MCA or pay as you go), every delivery kept.
-- Conserves: billed_cost sums to the delivered cost. A purchase of a commitment stands here in full and its use at nothing; where the amortised cost is delivered too, that speaks
-- for what the use cost, and the two are never added.
with

lines as (

    {{ azure_cost_lines(landing('azure', 'actual_costs')) | indent }}

)

select
    'azure_actual' as x_source,
    'actual' as x_cost_dataset,
    {{ azure_quarantine_reason(
        'file_is_amortised or (delivery_is_amortised and not file_is_actual)',
        "'the file holds amortised cost (unused commitments, or their use at a price) and stands among actual cost, where it would be counted wrong. Move it to azure_amortized_costs'"
    ) }} as x_quarantine_reason,
    amount as billed_cost,
    amount as effective_cost,
    {{ azure_charge_columns() }}
from lines
