-- Grain: one row per billing month, team and layer: the change against the month before, in three effects that sum to it exactly.
-- volume: more or less used at the old average price; price: what was used costs another price per unit; mix: the rest, that is
-- the use moved between dearer and cheaper items. An item is one driver of one SKU, model and token kind; new and gone items are volume.
with

items as (

    select
        billing_month,
        team,
        layer,
        {{ surrogate_key(['provider', 'service_name', 'model_id', 'token_kind', 'driver', 'charge_category', 'allocation_step']) }} as item,
        sum(case when cost_basis = 'billed' then effective_cost_reporting else 0 end) as cost,
        sum(coalesce(driver_units, 0)) as units
    from {{ ref('fct_cost_allocations') }}
    where cost_basis = 'billed'
    group by billing_month, team, layer, item

),

months as (

    select
        billing_month,
        lag(billing_month) over (order by billing_month) as previous_month
    from (select distinct billing_month from items) as distinct_months

),

-- Every item of a month or of the month before it, so that what is gone has its row.
pairs as (

    select months.billing_month, months.previous_month, items.team, items.layer, items.item
    from months
    inner join items on months.billing_month = items.billing_month
    where months.previous_month is not null
    union
    select months.billing_month, months.previous_month, items.team, items.layer, items.item
    from months
    inner join items on months.previous_month = items.billing_month

),

compared as (

    select
        pairs.billing_month,
        pairs.previous_month,
        pairs.team,
        pairs.layer,
        pairs.item,
        coalesce(before.cost, 0) as previous_cost,
        coalesce(after.cost, 0) as current_cost,
        coalesce(before.units, 0) as previous_units,
        coalesce(after.units, 0) as current_units
    from pairs
    left join items as before
        on
            pairs.previous_month = before.billing_month
            and pairs.team = before.team
            and pairs.layer = before.layer
            and pairs.item = before.item
    left join items as after
        on
            pairs.billing_month = after.billing_month
            and pairs.team = after.team
            and pairs.layer = after.layer
            and pairs.item = after.item

),

-- Price: both months' price is known and the units are still used. What changed hands at an unchanged price is volume of that item.
effects as (

    select
        *,
        case
            when previous_units > 0 and current_units > 0
                then current_cost - {{ mul_div('previous_cost', 'cast(current_units * 1000 as decimal(38, 0))', 'cast(previous_units * 1000 as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as price_effect
    from compared

),

summed as (

    select
        billing_month,
        previous_month,
        team,
        layer,
        cast(sum(previous_cost) as decimal(38, 12)) as previous_cost_reporting,
        cast(sum(current_cost) as decimal(38, 12)) as current_cost_reporting,
        cast(sum(price_effect) as decimal(38, 12)) as price_effect_reporting,
        sum(case when previous_units > 0 and current_units > 0 then previous_cost else 0 end) as kept_previous_cost,
        sum(case when previous_units > 0 and current_units > 0 then current_cost - price_effect else 0 end) as kept_cost_at_old_price,
        sum(case when previous_units > 0 and current_units > 0 then previous_units else 0 end) as kept_previous_units,
        sum(case when previous_units > 0 and current_units > 0 then current_units else 0 end) as kept_current_units
    from effects
    group by billing_month, previous_month, team, layer

),

-- Mix: the kept items at old prices, less the same total of units at the old average price.
mixed as (

    select
        *,
        case
            when kept_previous_units > 0
                then kept_cost_at_old_price - {{ mul_div('kept_previous_cost', 'cast(kept_current_units * 1000 as decimal(38, 0))', 'cast(kept_previous_units * 1000 as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as mix_effect
    from summed

)

select
    billing_month,
    previous_month,
    team,
    layer,
    previous_cost_reporting,
    current_cost_reporting,
    cast(current_cost_reporting - previous_cost_reporting as decimal(38, 12)) as change_reporting,
    cast(current_cost_reporting - previous_cost_reporting - price_effect_reporting - mix_effect as decimal(38, 12)) as volume_effect_reporting,
    price_effect_reporting,
    cast(mix_effect as decimal(38, 12)) as mix_effect_reporting
from mixed
