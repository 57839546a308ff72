-- Grain: one row per line and epoch of a bill that comes as a pair, actual and amortised cost of one account and month, with the amounts it speaks for.
-- Both are true and never added: billed cost is the actual export's total, effective cost the amortised one's, to the last decimal.
with

charges as (

    select
        x_source_file,
        x_source_row_number,
        x_row_part,
        x_source,
        x_report,
        epoch,
        x_cost_dataset,
        provider,
        billing_account_id,
        billing_period_start,
        billing_currency,
        billed_cost,
        {{ surrogate_key(['sub_account_id', 'cast(charge_period_start as date)', 'x_sku_text', 'resource_id', 'x_charge_kind', 'billing_currency']) }} as cell
    from {{ ref('int_charges__in_force') }}
    where x_cost_dataset <> 'both'

),

paired as (

    select
        epoch,
        provider,
        billing_account_id,
        billing_period_start
    from charges
    group by epoch, provider, billing_account_id, billing_period_start
    having count(distinct x_cost_dataset) = 2

),

lines as (

    select charges.*
    from charges
    inner join paired
        on
            charges.epoch = paired.epoch
            and charges.provider is not distinct from paired.provider
            and charges.billing_account_id = paired.billing_account_id
            and charges.billing_period_start = paired.billing_period_start

),

-- Where both exports say the same of a thing, the amortised lines speak for both amounts and the actual ones are their twins.
cells as (

    select
        epoch,
        provider,
        billing_account_id,
        billing_period_start,
        cell,
        count(distinct x_cost_dataset) = 2
        and sum(case when x_cost_dataset = 'actual' then billed_cost else -billed_cost end) = 0 as is_agreed
    from lines
    group by epoch, provider, billing_account_id, billing_period_start, cell

)

select
    lines.x_source_file,
    lines.x_source_row_number,
    lines.x_row_part,
    lines.x_source,
    lines.x_report,
    lines.provider,
    lines.billing_account_id,
    lines.billing_period_start,
    lines.billing_currency,
    lines.epoch,
    case
        when cells.is_agreed and lines.x_cost_dataset = 'actual' then 'twin'
        when cells.is_agreed then 'both'
        when lines.x_cost_dataset = 'actual' then 'billed'
        else 'effective'
    end as speaks_for
from lines
left join cells
    on
        lines.epoch = cells.epoch
        and lines.provider is not distinct from cells.provider
        and lines.billing_account_id = cells.billing_account_id
        and lines.billing_period_start = cells.billing_period_start
        and lines.cell = cells.cell
