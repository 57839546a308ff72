-- Grain: one row per delivery of one statement (no currency) and epoch, with whether it was the last word at that epoch.
select
    {% for column in delivery_columns() -%}
    deliveries.{{ column }},
    {% endfor -%}
    epochs.billing_month,
    epochs.epoch,
    epochs.as_of,
    epochs.posted_month,
    max(deliveries.x_delivered_at) as x_delivered_at,
    -- In force: delivered by then, and not yet replaced by then.
    coalesce(bool_and(
        (epochs.as_of is null or deliveries.x_delivered_at <= epochs.as_of)
        and coalesce(deliveries.replaced_at > epochs.as_of, deliveries.replaced_at is null)
    ), false) as is_in_force
from {{ ref('int_charges__deliveries') }} as deliveries
inner join {{ ref('int_closing__epochs') }} as epochs
    on
        deliveries.provider is not distinct from epochs.provider
        and deliveries.billing_month = epochs.billing_month
group by all
