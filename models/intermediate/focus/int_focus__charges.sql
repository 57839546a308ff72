{{ config(materialized='view') }}
-- Grain: one row per bill line that counts, as FOCUS states it; a commitment fee that carries its own unused part is two: the purchase, and the unused use.
-- Carries no amounts: those are int_lineage__line_shares', and `part` says which of them a row may state.
with

parts as (

    select 'purchase' as part
    union all
    select 'unused' as part

),

-- AWS puts a commitment's fee (billed) and what was not used of it (effective) in one line; FOCUS has them as a Purchase and as Usage with status Unused (EffectiveCost, 1.2 and later).
lines as (

    select
        charges.*,
        coalesce(parts.part, 'whole') as part,
        case when parts.part = 'unused' then 'Usage' else charges.charge_category end as category,
        -- What posts in an open month for a closed one is a correction, whoever found it.
        case when charges.charge_class = 'Correction' or charges.x_entry_kind = 'adjusting' then 'Correction' end as class
    from {{ ref('fct_charges') }} as charges
    left join parts
        on
            charges.charge_category = 'Purchase'
            and charges.commitment_discount_id is not null
            and charges.commitment_discount_status = 'Unused'

),

stated as (

    select
        *,
        category in ('Usage', 'Purchase') and class is null as is_priced,
        -- A lump sum is one billed line: where a bill gives no quantity, the quantity is 1 and its unit says of what.
        case
            when category = 'Tax' then null
            when pricing_quantity is not null and part = 'whole' then 'billed'
            when category in ('Usage', 'Purchase') and class is null then 'line'
        end as quantity_basis,
        case
            when commitment_discount_id is null then null
            when lower(commitment_discount_type) like '%saving%' or lower(commitment_discount_type) like '%spend%' then 'Spend'
            else 'Usage'
        end as commitment_category,
        {{ focus_category('service_category') }} as focus_service_category
    from lines

)

select
    x_charge_id,
    part,
    is_priced,
    class as charge_class,
    category as charge_category,
    coalesce(charge_description, sku_meter, service_name, category) as charge_description,
    case
        when part = 'unused' then 'Usage-Based'
        when category = 'Purchase' and charge_frequency = 'Usage-Based' then 'One-Time'
        when charge_frequency in ('One-Time', 'Recurring', 'Usage-Based') then charge_frequency
        when category = 'Usage' then 'Usage-Based'
        else 'One-Time'
    end as charge_frequency,
    quantity_basis,
    case when quantity_basis = 'billed' then coalesce(pricing_unit, 'Units') when quantity_basis = 'line' then 'Lines' end as pricing_unit,
    case
        when category <> 'Usage' or commitment_discount_status = 'Unused' then null
        when consumed_quantity is not null then 'billed'
        when is_priced then 'line'
    end as consumed_basis,
    consumed_unit,
    case
        when category = 'Tax' then null
        when category = 'Purchase' and commitment_discount_id is not null then 'Standard'
        when pricing_category in ('Standard', 'Dynamic', 'Committed', 'Other') then pricing_category
        when is_priced then 'Standard'
    end as pricing_category,
    commitment_category as commitment_discount_category,
    case when commitment_discount_id is not null and category = 'Usage' then coalesce(commitment_discount_status, 'Used') end as commitment_discount_status,
    case when commitment_discount_id is not null then coalesce(commitment_discount_type, commitment_category) end as commitment_discount_type,
    case when class is null and commitment_category is not null and category in ('Usage', 'Purchase') then commitment_category end as commitment_quantity_kind,
    case when category <> 'Tax' then coalesce(sku_id, sku_meter, service_name) end as sku_id,
    case when category <> 'Tax' then coalesce(sku_price_id, sku_id, sku_meter, service_name) end as sku_price_id,
    case when category <> 'Tax' then coalesce(sku_meter, sku_id, service_name) end as sku_meter,
    case
        when category <> 'Tax' then
            nullif('{' || concat_ws(
                ',',
                {{ json_number('GpuCount', 'cast(gpu_count as integer)') }},
                {{ json_member('InstanceType', 'x_instance_type') }},
                {{ json_member('x_GpuType', 'x_gpu_type') }},
                {{ json_member('x_ModelId', 'model_id') }},
                {{ json_member('x_TokenDirection', 'token_direction') }},
                {{ json_member('x_TokenCacheAction', 'token_cache_action') }},
                {{ json_member('x_ServiceTier', "case when model_id is not null then x_service_tier end") }}
            ) || '}', '{}')
    end as sku_price_details,
    focus_service_category as service_category,
    {{ focus_subcategory('focus_service_category', 'service_subcategory', 'layer') }} as service_subcategory,
    coalesce(service_name, service_provider_name, provider) as service_name,
    -- Bills name a kind only for some resources; the service says what the rest are.
    case when resource_id is not null then coalesce(resource_type, x_instance_type, service_subcategory, service_name) end as resource_type,
    {{ map_as_json('tags') }} as tags_json
from stated
