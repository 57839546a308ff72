-- Grain: one row per adjusting entry: a line that entered or left a closed month after it was closed, posted in the month that was open then.
-- Conserves: for every closed month, its charges as closed plus its adjusting entries are its charges as restated, to the last decimal.
with

-- Months in which something was delivered or replaced between two epochs; all others have nothing to adjust.
changed as (

    select distinct
        later.provider,
        later.billing_month,
        later.epoch
    from {{ ref('int_closing__statements') }} as later
    inner join {{ ref('int_closing__statements') }} as earlier
        on
            {{ same_delivery('later', 'earlier') }}
            and later.epoch = earlier.epoch + 1
    where later.is_in_force <> earlier.is_in_force

),

lines as (

    select
        charges.*,
        changed.epoch as compared_epoch,
        case when charges.epoch = changed.epoch then 1 else -1 end as side,
        {{ surrogate_key(charge_content_columns('charges.')) }} as content
    from {{ ref('int_charges__settled') }} as charges
    inner join changed
        on
            charges.provider is not distinct from changed.provider
            and charges.billing_month = changed.billing_month
            and charges.epoch between changed.epoch - 1 and changed.epoch

),

-- Equal lines on both sides cancel; of a line that is there three times now and twice before, one is new.
numbered as (

    select
        *,
        row_number() over (
            partition by provider, billing_month, compared_epoch, side, content
            order by x_source_file, x_source_row_number, x_row_part
        ) as copy
    from lines

),

copies as (

    select
        provider,
        billing_month,
        compared_epoch,
        side,
        content,
        max(copy) as copies
    from numbered
    group by provider, billing_month, compared_epoch, side, content

),

entries as (

    select numbered.*
    from numbered
    left join copies
        on
            numbered.provider is not distinct from copies.provider
            and numbered.billing_month = copies.billing_month
            and numbered.compared_epoch = copies.compared_epoch
            and numbered.side = -copies.side
            and numbered.content = copies.content
    where numbered.copy > coalesce(copies.copies, 0)

),

epochs as (

    select * from {{ ref('int_closing__epochs') }}

)

select
    {% for column in ['x_charge_id'] + charge_columns() -%}
    {% if column == 'x_charge_id' -%}
    {{ surrogate_key(['entries.x_charge_id', 'entries.compared_epoch', 'entries.side']) }} as x_charge_id,
    {% elif column in ['billed_cost', 'effective_cost', 'list_cost', 'contracted_cost', 'x_credit_amount', 'consumed_quantity', 'pricing_quantity'] -%}
    cast(entries.side * entries.{{ column }} as decimal(38, 12)) as {{ column }},
    {% elif column == 'charge_class' -%}
    'Correction' as charge_class,
    {% elif column == 'invoice_id' -%}
    -- The correction is not on the closed month's invoice, and the open month's is not known yet.
    cast(null as varchar) as invoice_id,
    {% elif column == 'billing_period_start' -%}
    cast(epochs.posted_month as timestamp) as billing_period_start,
    {% elif column == 'billing_period_end' -%}
    cast(epochs.posted_month as timestamp) + interval '1' month as billing_period_end,
    {% else -%}
    entries.{{ column }},
    {% endif -%}
    {% endfor -%}
    entries.sku_hash,
    entries.billing_month as original_billing_month,
    epochs.posted_month,
    entries.compared_epoch as epoch
from entries
left join epochs
    on
        entries.provider is not distinct from epochs.provider
        and entries.billing_month = epochs.billing_month
        and entries.compared_epoch = epochs.epoch
