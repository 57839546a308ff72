-- Grain: one row per line item of an AWS cost and usage report as delivered (CUR 2.0 or the legacy report), every delivery kept.
-- Conserves: billed_cost sums to what the invoice says: line_item_unblended_cost, or its net twin where a private discount is taken off inside the line.
with

source as (

    select * from {{ landing('aws', 'cur2') }}

),

parsed as (

    select
        *,
        line_item_unblended_cost as unblended,
        {{ cur_net('line_item_net_unblended_cost', 'line_item_unblended_cost') }} as billed,
        pricing_public_on_demand_cost as on_demand,
        {{ cur_net('savings_plan_net_savings_plan_effective_cost', 'savings_plan_savings_plan_effective_cost') }} as plan_effective,
        {{ cur_net('reservation_net_effective_cost', 'reservation_effective_cost') }} as reservation_effective,
        savings_plan_total_commitment_to_date as plan_committed,
        savings_plan_used_commitment as plan_used,
        {% for fee, net in [('plan_fee', ''), ('plan_fee_net', 'net_')] -%}
        coalesce(savings_plan_{{ net }}amortized_upfront_commitment_for_billing_period, 0)
        + savings_plan_{{ net }}recurring_commitment_for_billing_period as {{ fee }},
        {% endfor -%}
        {{ cur_net('reservation_net_unused_amortized_upfront_fee_for_billing_period', 'reservation_unused_amortized_upfront_fee_for_billing_period') }} as reservation_unused_upfront,
        {{ cur_net('reservation_net_unused_recurring_fee', 'reservation_unused_recurring_fee') }} as reservation_unused_recurring,
        line_item_usage_amount as usage_amount,
        bill_billing_period_start_date as period_start,
        bill_billing_period_end_date as period_end,
        line_item_usage_start_date as usage_start,
        line_item_usage_end_date as usage_end,
        {{ cur_commitment_kind() }} as commitment_kind,
        {{ cur_tag_entries() }} as entries,
        ({{ tag_text_is_bad('resource_tags') }} or {{ tag_text_is_bad('tags') }}) as has_bad_tags
    from source

),

priced as (

    select
        *,
        {{ cur_amortised_cost() }} as amortised
    from parsed

)

select
    'aws_cur2' as x_source,
    -- Only CUR 2.0 names accounts and has maps.
    case
        when coalesce(bill_payer_account_name, line_item_usage_account_name) is null and resource_tags_map is null and tags_map is null then 'aws_cur1'
        else 'aws_cur2'
    end as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    cast(null as varchar) as x_statement,
    0 as x_row_part,
    identity_line_item_id as x_row_ref,
    cast(null as varchar) as x_corrects_ref,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['unblended is null', bad_value('line_item_unblended_cost', 'a number is needed', 'Export the column with a decimal point and no thousands separator')],
        ['period_start is null', bad_value('bill_billing_period_start_date', 'the first day of the billing month is needed', 'Export the column in ISO form')],
        ['bill_payer_account_id is null', "'bill_payer_account_id is empty: the invoiced account is needed. Export the column'"],
        ['usage_start is null', bad_value('line_item_usage_start_date', 'a date is needed', 'Export the column in ISO form')],
        ['amortised is null', bad_value('line_item_line_item_type', 'the amortised cost of such a line needs its reservation or savings plan columns', 'Export them')],
        ['has_bad_tags', "'resource_tags or tags is no JSON object: write {\"team\": \"search\"}, or export Parquet'"],
    ]) }} as x_quarantine_reason,

    'aws' as provider,
    case when bill_billing_entity = 'AWS Marketplace' then coalesce(line_item_legal_entity, 'AWS Marketplace') else 'Amazon Web Services' end as service_provider_name,
    'Amazon Web Services' as host_provider_name,
    coalesce(bill_invoicing_entity, line_item_legal_entity, 'Amazon Web Services') as invoice_issuer_name,
    bill_payer_account_id as billing_account_id,
    line_item_usage_account_id as sub_account_id,
    line_item_usage_account_name as sub_account_name,
    coalesce(upper(line_item_currency_code), 'USD') as billing_currency,
    cast(null as varchar) as pricing_currency,
    bill_invoice_id as invoice_id,

    period_start as billing_period_start,
    coalesce({{ exclusive_end('period_end') }}, period_start + interval '1' month) as billing_period_end,
    usage_start as charge_period_start,
    case when usage_end > usage_start then {{ exclusive_end('usage_end') }} else usage_start + interval '1' hour end as charge_period_end,

    {{ cur_charge_category() }} as charge_category,
    cast(null as varchar) as charge_class,
    case
        when line_item_line_item_type in ('RIFee', 'SavingsPlanRecurringFee', 'FlatRateSubscription') then 'Recurring'
        when line_item_line_item_type in ('Fee', 'SavingsPlanUpfrontFee', 'Refund', 'Credit') then 'One-Time'
        else 'Usage-Based'
    end as charge_frequency,
    line_item_line_item_description as charge_description,
    {{ cur_charge_kind() }} as x_charge_kind,
    case
        when commitment_kind is not null then 'Committed'
        when pricing_term = 'Spot' or line_item_usage_type like '%SpotUsage%' then 'Dynamic'
        when {{ cur_charge_category() }} = 'Usage' then 'Standard'
    end as pricing_category,
    coalesce(savings_plan_savings_plan_a_r_n, reservation_reservation_a_r_n) as commitment_discount_id,
    commitment_kind as commitment_discount_type,
    case
        when commitment_kind is null then null
        when line_item_line_item_type in ('SavingsPlanRecurringFee', 'RIFee') then 'Unused'
        when line_item_line_item_type in ('SavingsPlanCoveredUsage', 'DiscountedUsage') then 'Used'
    end as commitment_discount_status,
    line_item_line_item_type as x_line_item_type,
    case when {{ cur_is_split() }} then 'split_child' else 'normal' end as x_cost_scope,

    billed as billed_cost,
    amortised as effective_cost,
    {{ cur_list_cost() }} as list_cost,
    {{ cur_contracted_cost() }} as contracted_cost,
    cast(null as decimal(38, 12)) as x_credit_amount,
    {{ cur_quantity() }} as consumed_quantity,
    case when {{ cur_quantity() }} is not null then pricing_unit end as consumed_unit,
    {{ cur_quantity() }} as pricing_quantity,
    pricing_unit,
    line_item_line_item_description as x_unit_text,

    {{ cur_service_category('line_item_product_code') }} as service_category,
    product_product_family as service_subcategory,
    coalesce(product_product_name, line_item_product_code) as service_name,
    product_sku as sku_id,
    line_item_usage_type as sku_meter,
    pricing_rate_id as sku_price_id,
    nullif(concat_ws('|', line_item_usage_type, line_item_line_item_description), '') as x_sku_text,
    product_region_code as region_id,
    {{ resource_name('line_item_resource_id') }} as resource_id,
    line_item_resource_id as x_resource_id_raw,
    product_instance_type as resource_type,

    line_item_usage_type as x_usage_type,
    line_item_operation as x_operation,
    cast(null as varchar) as bill_model_id,
    cast(null as varchar) as bill_token_direction,
    cast(null as varchar) as bill_token_cache_action,
    cast(null as varchar) as bill_gpu_count,
    coalesce(line_item_iam_principal, line_item_user_identifier) as principal_id,
    cast(null as varchar) as credential_id,
    {{ tag_map('entries') }} as tags,
    {{ tag_collisions('entries') }} as x_tag_collisions
from priced
