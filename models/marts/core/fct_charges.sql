{{ config(materialized=var('charges_materialized')) }}
-- Grain: one row per billed line that counts.
-- Conserves: every amount of int_charges__counted. A view unless the var charges_materialized says table: the lines stay where they were delivered, and are never copied.
with

charges as (

    select * from {{ ref('int_charges__pooled') }}

)

select
    x_charge_id,
    pool_id,
    layer,
    provider,
    service_provider_name,
    host_provider_name,
    invoice_issuer_name,
    billing_account_id,
    sub_account_id,
    sub_account_name,
    invoice_id,
    billing_currency,
    pricing_currency,
    cast(billing_period_start as timestamp) as billing_period_start,
    cast(billing_period_end as timestamp) as billing_period_end,
    {{ billing_month('billing_period_start') }} as billing_month,
    x_entry_kind,
    x_original_billing_month,
    cast(charge_period_start as timestamp) as charge_period_start,
    cast(charge_period_end as timestamp) as charge_period_end,
    charge_category,
    charge_class,
    charge_frequency,
    charge_description,
    x_charge_kind,
    pricing_category,
    commitment_discount_id,
    commitment_discount_type,
    commitment_discount_status,
    service_category,
    service_subcategory,
    service_name,
    sku_id,
    sku_meter,
    sku_price_id,
    region_id,
    resource_id,
    resource_type,
    principal_id,
    credential_id,
    consumed_quantity,
    consumed_unit,
    pricing_quantity,
    pricing_unit,
    billed_cost,
    effective_cost,
    list_cost,
    contracted_cost,
    x_credit_amount,
    x_fx_rate_to_reporting,
    x_fx_rate_date,
    x_fx_rate_source,
    x_is_virtual_currency,
    billed_cost_reporting,
    effective_cost_reporting,
    list_cost_reporting,
    driver_kind as x_driver_kind,
    model_id,
    token_kind,
    case when token_kind = 'output' then 'Output' when token_kind is not null then 'Input' end as token_direction,
    case
        when token_kind = 'input' then 'Uncached'
        when token_kind = 'cache_read' then 'Read'
        when token_kind like 'cache_write%' then 'Write'
    end as token_cache_action,
    service_tier as x_service_tier,
    routing as x_routing,
    instance_type as x_instance_type,
    tags,
    x_tag_collisions,
    x_line_item_type,
    x_usage_type,
    x_classifier_rule_id,
    x_source,
    x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery
from charges
