-- Grain: one row per charge of a FOCUS export as delivered (1.0 to 1.4 and the 1.5 draft, any provider), every delivery kept.
-- Conserves: billed_cost sums to BilledCost.
with

source as (

    select * from {{ landing('focus', 'charges') }}

),

-- Google's table keeps labels and tags in columns of their own, or all in Tags with their kind; elsewhere these are null.
listed as (

    select
        *,
        case when not contains(tags, '"x_type"') then tags end as plain_tags,
        coalesce({{ gcp_records('x_labels') }}, {{ gcp_typed_tags('tags', 'label') }}) as label_list,
        coalesce({{ gcp_records('x_tags') }}, {{ gcp_typed_tags('tags', 'tag') }}) as tag_list,
        coalesce({{ gcp_records('x_project_labels') }}, {{ gcp_typed_tags('tags', 'project_label') }}) as project_label_list,
        coalesce({{ gcp_records('x_system_labels') }}, {{ gcp_typed_tags('tags', 'system_label') }}) as system_label_list
    from source

),

parsed as (

    select
        *,
        {{ to_money('billed_cost') }} as billed,
        {{ to_money('effective_cost') }} as effective,
        {{ to_money('list_cost') }} as listed,
        {{ to_money('contracted_cost') }} as contracted,
        {{ to_money('consumed_quantity') }} as quantity_consumed,
        {{ to_money('pricing_quantity') }} as quantity_priced,
        {{ to_money('list_unit_price') }} as price_listed,
        {{ to_money('contracted_unit_price') }} as price_contracted,
        {{ to_money('x_pricing_block_size') }} as block_size,
        {{ to_utc_timestamp('billing_period_start') }} as period_start,
        {{ to_utc_timestamp('billing_period_end') }} as period_end,
        {{ to_utc_timestamp('charge_period_start') }} as charge_start,
        {{ to_utc_timestamp('charge_period_end') }} as charge_end,
        coalesce(service_provider_name, provider_name, publisher_name, invoice_issuer_name) as service_provider,
        coalesce(host_provider_name, provider_name, service_provider_name) as host_provider,
        {{ tag_entries([
            {'text': 'plain_tags', 'map': 'tags_map', 'strip': '^user:'},
            {'text': 'label_list', 'precedence': 0},
            {'text': gcp_tags('tag_list', false), 'precedence': 1},
            {'text': gcp_tags('tag_list', true), 'precedence': 2},
            {'text': 'project_label_list', 'precedence': 3},
            {'text': 'system_label_list', 'precedence': 4},
        ]) }} as entries,
        {{ tag_text_is_bad('tags') }} as has_bad_tags,
        -- Google's own view of the export writes usage and committed in lower case.
        upper(substr(charge_category, 1, 1)) || substr(charge_category, 2) as category
    from listed

),

coded as (

    select
        *,
        coalesce({{ provider_code('service_provider') }}, 'unknown') as provider,
        case when listed <> 0 then price_listed else price_contracted end as unit_price
    from parsed

),

flagged as (

    select
        *,
        {{ azure_focus_flags() }}
    from coded

),

repaired as (

    select
        *,
        {{ azure_focus_repairs() }}
    from flagged

)

select
    'focus' as x_source,
    case
        when coalesce(model_id, token_direction, principal_id, credential_id) is not null then 'focus_1_5'
        when service_provider_name is not null and provider_name is null then 'focus_1_4'
        when service_provider_name is not null then 'focus_1_3'
        when coalesce(invoice_id, billing_account_type, pricing_currency) is not null then 'focus_1_2'
        else 'focus_1_0'
    end as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    cast(null as varchar) as x_statement,
    0 as x_row_part,
    cast(null as varchar) as x_row_ref,
    cast(null as varchar) as x_corrects_ref,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['billed is null', bad_value('billed_cost', 'a number is needed', 'Export BilledCost with a decimal point and no thousands separator')],
        ['period_start is null', bad_value('billing_period_start', 'a date is needed', 'Export BillingPeriodStart as 2026-08-01T00:00:00Z')],
        ['charge_start is null', bad_value('charge_period_start', 'a date is needed', 'Export ChargePeriodStart as 2026-08-01T00:00:00Z')],
        ['billing_account_id is null', "'billing_account_id is empty: the invoiced account is needed. Export BillingAccountId'"],
        ['billing_currency is null', "'billing_currency is empty: amounts without a currency can not be added. Export BillingCurrency'"],
        ['effective_cost is not null and effective is null', bad_value('effective_cost', 'a number is needed', 'Export EffectiveCost with a decimal point and no thousands separator')],
        ['has_bad_tags', bad_value('tags', 'a JSON object is needed (a Python dictionary is none)', 'Export Tags as JSON')],
    ]) }} as x_quarantine_reason,

    provider,
    service_provider as service_provider_name,
    host_provider as host_provider_name,
    coalesce(invoice_issuer_name, service_provider) as invoice_issuer_name,
    billing_account_id,
    case when x_project_id is null or sub_account_id <> billing_account_id then sub_account_id else x_project_id end as sub_account_id,
    coalesce(sub_account_name, x_project_name) as sub_account_name,
    upper(trim(billing_currency)) as billing_currency,
    upper(trim(coalesce(pricing_currency, x_pricing_currency))) as pricing_currency,
    coalesce(invoice_id, x_invoice_id) as invoice_id,

    period_start as billing_period_start,
    coalesce({{ exclusive_end('period_end') }}, period_start + interval '1' month) as billing_period_end,
    charge_start as charge_period_start,
    case when charge_end > charge_start then {{ exclusive_end('charge_end') }} else charge_start + interval '1' day end as charge_period_end,

    coalesce(category, 'Usage') as charge_category,
    charge_class,
    frequency as charge_frequency,
    charge_description,
    {{ charge_kind("coalesce(charge_category, 'Usage')", 'service', 'charge_description', 'commitment_discount_id') }} as x_charge_kind,
    category_of_price as pricing_category,
    commitment as commitment_discount_id,
    commitment_discount_type,
    commitment_discount_status,
    cast(null as varchar) as x_line_item_type,
    'normal' as x_cost_scope,

    billed as billed_cost,
    coalesce(amortised, billed) as effective_cost,
    coalesce(listed_known, contracted_known, amortised, billed) as list_cost,
    coalesce(contracted_known, amortised, billed) as contracted_cost,
    cast(null as decimal(38, 12)) as x_credit_amount,
    quantity_consumed as consumed_quantity,
    unit_consumed as consumed_unit,
    quantity_priced_known as pricing_quantity,
    unit_priced as pricing_unit,
    x_pricing_unit_description as x_unit_text,

    service_category,
    service_subcategory,
    service as service_name,
    sku_id,
    coalesce(sku_meter, x_sku_meter_name) as sku_meter,
    sku_price_id,
    nullif(concat_ws('|', coalesce(sku_meter, x_sku_meter_name, x_sku_description, charge_description), x_usage_type, instance_type), '') as x_sku_text,
    region_id,
    {{ resource_name('resource_id') }} as resource_id,
    resource_id as x_resource_id_raw,
    coalesce(resource_type, instance_type) as resource_type,

    x_usage_type,
    x_operation,
    model_id as bill_model_id,
    token_direction as bill_token_direction,
    token_cache_action as bill_token_cache_action,
    gpu_count as bill_gpu_count,
    principal_id,
    credential_id,
    {{ tag_map('entries') }} as tags,
    {{ tag_collisions('entries') }} as x_tag_collisions
from repaired
