-- Grain: one row per line of an Azure cost details export, amortised cost, as delivered (EA, MCA or pay as you go), every delivery kept.
-- Conserves: effective_cost sums to the delivered cost. The use of a commitment and its unused part were billed when it was bought, so they bill nothing here.
with

lines as (

    {{ azure_cost_lines(landing('azure', 'amortized_costs')) | indent }}

)

select
    'azure_amortized' as x_source,
    'amortised' as x_cost_dataset,
    {{ azure_quarantine_reason(
        'file_is_actual or (delivery_is_actual and not file_is_amortised)',
        "'the file holds actual cost (the purchase of a commitment) and stands among amortised cost, where it would be counted twice. Move it to azure_actual_costs'"
    ) }} as x_quarantine_reason,
    case when is_commitment then 0 else amount end as billed_cost,
    amount as effective_cost,
    {{ azure_charge_columns() }}
from lines
