-- Grain: one row per line of an Oracle Cloud cost report as delivered, every delivery kept.
-- Conserves: billed_cost sums to cost/myCost. A correction is a line of its own beside the line it corrects: the two net out.
with

source as (

    select * from {{ landing('oci', 'cost_reports') }}

),

parsed as (

    select
        *,
        {{ to_money('my_cost') }} as billed,
        {{ to_money('billed_quantity') }} as quantity,
        {{ to_utc_timestamp('interval_usage_start') }} as usage_start,
        {{ to_utc_timestamp('interval_usage_end') }} as usage_end,
        coalesce(lower(is_correction) in ('true', 'y', 'yes', '1'), false) as corrects,
        coalesce(lower(overage_flag) in ('true', 'y', 'yes', '1'), false) as is_overage,
        -- A tag is known by its namespace and key; other systems know it by the key alone, which ranks lower.
        {{ hashed_tags(tag_entries([
            {'text': 'tags', 'precedence': 0},
            {'text': 'tags', 'only': '[.]', 'strip': '^[^.]*[.]', 'precedence': 1},
        ]), '(^|[.])createdby$') }} as entries
    from source

)

select
    'oci_cost_reports' as x_source,
    'oci' as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    -- Nothing replaces a report: what it shares with another is told line by line.
    {{ statement_name('x_source_file') }} as x_statement,
    0 as x_row_part,
    coalesce(reference_no, {{ surrogate_key(['tenant_id', 'compartment_id', 'usage_start', 'usage_end', 'resource_id', 'product_sku', 'quantity', 'billed', 'currency_code', 'tags']) }}) as x_row_ref,
    case when corrects then backreference_no end as x_corrects_ref,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['billed is null', bad_value('my_cost', 'a number is needed', 'Export cost/myCost with a decimal point and no thousands separator')],
        ['usage_start is null', bad_value('interval_usage_start', 'a time is needed', 'Export lineItem/intervalUsageStart as 2026-08-01T00:00Z')],
        ['tenant_id is null', "'tenant_id is empty: the invoiced tenancy is needed. Export lineItem/tenantId'"],
        ['currency_code is null', "'currency_code is empty: amounts without a currency can not be added. Export cost/currencyCode'"],
    ]) }} as x_quarantine_reason,

    'oci' as provider,
    'Oracle Cloud Infrastructure' as service_provider_name,
    'Oracle Cloud Infrastructure' as host_provider_name,
    'Oracle' as invoice_issuer_name,
    tenant_id as billing_account_id,
    compartment_id as sub_account_id,
    compartment_name as sub_account_name,
    upper(trim(currency_code)) as billing_currency,
    cast(null as varchar) as pricing_currency,
    cast(null as varchar) as invoice_id,

    -- The report names no billing period: Oracle bills the month of the usage.
    date_trunc('month', usage_start) as billing_period_start,
    date_trunc('month', usage_start) + interval '1' month as billing_period_end,
    usage_start as charge_period_start,
    case when usage_end > usage_start then {{ exclusive_end('usage_end') }} else usage_start + interval '1' hour end as charge_period_end,

    'Usage' as charge_category,
    case when corrects then 'Correction' end as charge_class,
    'Usage-Based' as charge_frequency,
    product_description as charge_description,
    'usage' as x_charge_kind,
    'Standard' as pricing_category,
    cast(null as varchar) as commitment_discount_id,
    cast(null as varchar) as commitment_discount_type,
    cast(null as varchar) as commitment_discount_status,
    case when is_overage then 'overage' end as x_line_item_type,
    'normal' as x_cost_scope,

    billed as billed_cost,
    billed as effective_cost,
    billed as list_cost,
    billed as contracted_cost,
    cast(null as decimal(38, 12)) as x_credit_amount,
    quantity as consumed_quantity,
    sku_unit as consumed_unit,
    quantity as pricing_quantity,
    sku_unit as pricing_unit,
    billing_unit as x_unit_text,

    {{ oci_service_category('service') }} as service_category,
    cast(null as varchar) as service_subcategory,
    service as service_name,
    product_sku as sku_id,
    product_description as sku_meter,
    cast(null as varchar) as sku_price_id,
    product_description as x_sku_text,
    region as region_id,
    -- A bucket is written namespace/name.
    case when resource_id like 'ocid1.%' then resource_id else regexp_extract(resource_id, '([^/]+)/*$', 1) end as resource_id,
    resource_id as x_resource_id_raw,
    case when resource_id like 'ocid1.%' then split_part(resource_id, '.', 2) end as resource_type,

    cast(null as varchar) as x_usage_type,
    cast(null as varchar) as x_operation,
    cast(null as varchar) as bill_model_id,
    cast(null as varchar) as bill_token_direction,
    cast(null as varchar) as bill_token_cache_action,
    cast(null as varchar) as bill_gpu_count,
    cast(null as varchar) as principal_id,
    cast(null as varchar) as credential_id,
    {{ tag_map('entries') }} as tags,
    {{ tag_collisions('entries') }} as x_tag_collisions
from parsed
