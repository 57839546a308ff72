-- Grain: one row per billing month, team and layer: the change against the month before, in three effects that sum to it exactly.
-- volume: more or less used, at the old average price; price: what was used in both months costs another price per unit; mix: the use
-- moved between dearer and cheaper items. An item is one driver of one SKU, model, token kind and machine; new and gone items are volume.
-- A renamed team is one team here, under the name it has in the later month: a new name is no change of cost.
with

items as (

    select
        billing_month,
        team,
        layer,
        {{ surrogate_key(['provider', 'service_name', 'model_id', 'token_kind', 'sku_id', 'x_instance_type', 'driver', 'charge_category', 'allocation_step']) }} as item,
        sum(effective_cost_reporting) as cost,
        sum(coalesce(driver_units, 0)) as units
    from {{ ref('fct_cost_allocations') }}
    where cost_basis = 'billed'
    group by all

),

renames as (

    select
        team,
        min_by(renamed_to, renamed_on) as renamed_to,
        min(renamed_on) as renamed_on
    from {{ ref('stg_policy__team_renames') }}
    where x_quarantine_reason is null
    group by team

),

months as (

    select
        billing_month,
        lag(billing_month) over (order by billing_month) as previous_month
    from (select distinct billing_month from items) as distinct_months

),

-- Both months of every pair, so that what is gone has its row.
sides as (

    select
        months.billing_month,
        months.previous_month,
        case when renames.renamed_on < months.billing_month + interval '1' month then renames.renamed_to else items.team end as team,
        items.layer,
        items.item,
        case when items.billing_month = months.billing_month then items.cost else 0 end as current_cost,
        case when items.billing_month = months.billing_month then items.units else 0 end as current_units,
        case when items.billing_month = months.previous_month then items.cost else 0 end as previous_cost,
        case when items.billing_month = months.previous_month then items.units else 0 end as previous_units
    from months
    inner join items on items.billing_month in (months.billing_month, months.previous_month)
    left join renames on items.team = renames.team
    where months.previous_month is not null

),

compared as (

    select
        billing_month,
        previous_month,
        team,
        layer,
        item,
        cast(sum(current_cost) as decimal(38, 12)) as current_cost,
        cast(sum(previous_cost) as decimal(38, 12)) as previous_cost,
        cast(sum(current_units) as decimal(38, 6)) as current_units,
        cast(sum(previous_units) as decimal(38, 6)) as previous_units,
        -- Only what was used in both months has two prices to compare.
        sum(current_units) > 0 and sum(previous_units) > 0 as is_kept
    from sides
    group by billing_month, previous_month, team, layer, item

),

priced as (

    select
        *,
        case
            when is_kept then {{ mul_div('previous_cost', 'cast(current_units * 1000 as decimal(38, 0))', 'cast(previous_units * 1000 as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as cost_at_old_price
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
        cast(sum(case when is_kept then current_cost - cost_at_old_price else 0 end) as decimal(38, 12)) as price_effect_reporting,
        cast(sum(case when is_kept then cost_at_old_price else 0 end) as decimal(38, 12)) as kept_cost_at_old_price,
        cast(sum(case when is_kept then previous_cost else 0 end) as decimal(38, 12)) as kept_previous_cost,
        cast(sum(case when is_kept then current_units else 0 end) as decimal(38, 6)) as kept_current_units,
        cast(sum(case when is_kept then previous_units else 0 end) as decimal(38, 6)) as kept_previous_units
    from priced
    group by billing_month, previous_month, team, layer

),

-- Mix: the kept items at their old prices, less the same total of units at the old average price.
mixed as (

    select
        *,
        case
            when kept_previous_units > 0
                then kept_cost_at_old_price - {{ mul_div('kept_previous_cost', 'cast(kept_current_units * 1000 as decimal(38, 0))', 'cast(kept_previous_units * 1000 as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as mix_effect_reporting
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
    cast(current_cost_reporting - previous_cost_reporting - price_effect_reporting - mix_effect_reporting as decimal(38, 12)) as volume_effect_reporting,
    price_effect_reporting,
    cast(mix_effect_reporting as decimal(38, 12)) as mix_effect_reporting
from mixed
