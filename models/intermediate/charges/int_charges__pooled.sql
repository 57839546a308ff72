{{ config(materialized='view') }}
-- Grain: one row per billed line that counts, with what it is and the pool it belongs to. Who it names is resolved per pool: no query over the lines pays for it.
-- Conserves: every amount of int_charges__converted.
with

charges as (

    select
        *,
        {{ charge_owner_key() }} as owner_key
    from {{ ref('int_charges__converted') }}

),

described as (

    select
        charges.*,
        skus.x_sku_key,
        skus.x_classifier_rule_id,
        skus.layer,
        skus.driver_kind,
        -- Measured use explains usage; a credit, refund or tax goes where policy says.
        case
            when lower(charges.charge_category) = 'usage' and coalesce(charges.x_charge_kind, 'usage') = 'usage' then skus.driver_family
        end as driver_family,
        skus.model_id,
        skus.token_kind,
        skus.service_tier,
        skus.context_band,
        skus.modality,
        skus.gpu_type,
        coalesce(try_cast(charges.bill_gpu_count as decimal(18, 6)), skus.gpu_count) as gpu_count,
        skus.x_unit_rule_id,
        {{ metered_unit('skus', 'skus.token_kind') }} as metered_unit,
        {{ normalised_quantity('charges.consumed_quantity', 'skus', 'skus.token_kind') }} as metered_quantity,
        -- A bill tells global routing from the rest; in-region and geographic profiles share its regional lines.
        case when skus.geo_scope = 'global' then 'global' else 'regional' end as routing,
        case when skus.layer = 'gpu' then nullif(regexp_extract(coalesce(charges.x_sku_text, ''), '((ml\.)?[a-z]+[0-9]+[a-z]*\.[0-9]*[a-z]+)', 1), '') end as instance_type,
        coalesce(charges.commitment_discount_status = 'Unused', false)
        or coalesce(charges.x_line_item_type in ('SavingsPlanRecurringFee', 'RIFee'), false) as is_unused_commitment,
        case
            when charges.charge_period_end <= charges.charge_period_start + interval '1' hour then 'hour'
            when charges.charge_period_end <= date_trunc('day', charges.charge_period_start) + interval '1' day then 'day'
            when
                charges.charge_period_start = date_trunc('month', charges.charge_period_start)
                and charges.charge_period_end = charges.charge_period_start + interval '1' month then 'month'
            -- A fortnight, a 25-hour day, a day of another zone: matched by its own start and end.
            else 'span'
        end as pool_grain
    from charges
    left join {{ ref('int_charges__skus') }} as skus
        on
            charges.sku_hash = skus.sku_hash
            and cast(charges.charge_period_start as date) >= skus.valid_from
            and cast(charges.charge_period_start as date) < skus.valid_to

),

pooled as (

    select
        *,
        {{ surrogate_key([
            'x_source', 'x_report', 'provider', 'billing_account_id', 'sub_account_id', 'service_name', 'region_id', 'resource_id', 'x_sku_key', 'charge_category',
            'charge_class', 'x_charge_kind', 'x_entry_kind', 'commitment_discount_status', 'x_line_item_type', 'billing_currency', 'billing_period_start', 'charge_period_start',
            'charge_period_end', 'tags', 'principal_id', 'credential_id', 'x_fx_rate_to_reporting', 'consumed_unit',
        ]) }} as pool_id
    from described

)

select * from pooled
