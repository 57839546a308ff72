{{ config(materialized='table') }}
-- Grain: one row per line of a Google Cloud usage cost export as delivered (detailed or standard), every delivery kept.
-- A table and no view: nested records are taken apart once, and not by each reader.
-- Conserves: billed_cost is cost plus the credits that are a price; with stg_gcp__credits it sums to cost plus all credits, which is what the invoice says.
with

source as (

    select * from {{ landing('gcp', 'billing_export') }}

),

recorded as (

    select
        *,
        {% for column in ['credits', 'labels', 'system_labels', 'tags', 'project_labels'] -%}
        {{ gcp_records(column) }} as {{ column }}_list,
        {% endfor -%}
        lower(replace(coalesce(cost_type, 'regular'), ' ', '_')) as cost_kind,
        coalesce(
            adjustment_type like '%!_CORRECTION' escape '!' or adjustment_mode in ('PARTIAL_CORRECTION', 'COMPLETE_NEGATION', 'COMPLETE_NEGATION_WITH_REMONETIZATION'), false
        ) as is_correction,
        -- 202610 is a month of Pacific time; kept as written, since a bill is a month and not an instant.
        {{ to_utc_timestamp("substr(invoice_month, 1, 4) || '-' || substr(invoice_month, length(invoice_month) - 1)") }} as period_start,
        {{ to_utc_timestamp('usage_start_time') }} as usage_start,
        {{ to_utc_timestamp('usage_end_time') }} as usage_end,
        {{ to_utc_timestamp('export_time') }} as exported_at,
        {{ to_money('cost') }} as gross,
        {{ to_money('cost_at_list') }} as listed,
        {{ to_money('cost_at_effective_price_default') }} as contracted,
        {{ to_money('usage_amount') }} as amount,
        {{ to_money('usage_amount_in_pricing_units') }} as priced_amount
    from source

),

parsed as (

    select
        *,
        {{ gcp_credits_are_bad('credits', 'credits_list') }} as has_bad_credits,
        (labels is not null and labels_list is null) or (tags is not null and tags_list is null)
        or (project_labels is not null and project_labels_list is null) or (system_labels is not null and system_labels_list is null) as has_bad_labels,
        {{ gcp_credit_sum('credits_list', 'price') }} as credited,
        {{ gcp_credit_sum('credits_list', 'apart') }} as credited_apart,
        {{ gcp_credit_sum('credits_list', 'FEE_UTILIZATION_OFFSET') }} as fee_offset,
        {{ gcp_credit_text('credits_list', 'type', 'price') }} as credit_types,
        {{ gcp_tags('tags_list', false) }} as own_tags,
        {{ gcp_tags('tags_list', true) }} as inherited_tags
    from recorded

),

tagged as (

    select
        *,
        coalesce(lower(sku_description) like 'commitment%' or fee_offset is not null, false) as is_commitment_fee,
        coalesce(credit_types like '%COMMITTED_USAGE%' or consumption_model_description like '%CUD%' or lower(consumption_model_description) like '%commit%', false) as is_covered,
        {{ tag_entries([
            {'text': 'labels_list', 'precedence': 0},
            {'text': 'own_tags', 'precedence': 1},
            {'text': 'inherited_tags', 'precedence': 2},
            {'text': 'project_labels_list', 'precedence': 3},
            {'text': 'system_labels_list', 'precedence': 4},
        ]) }} as entries
    from parsed

),

mapped as (

    select
        *,
        case when not has_bad_credits then cast(gross + coalesce(credited, 0) as decimal(38, 12)) end as net,
        -- Since 2025 a fee is taken back as far as usage drew on it, at a price of one dollar: what is left of it was not used.
        is_commitment_fee and (fee_offset is not null or {{ to_money('price_effective_price') }} = coalesce({{ to_money('currency_conversion_rate') }}, 1)) as is_unused,
        {{ tag_map('entries') }} as tag_values
    from tagged

)

select
    'gcp_billing' as x_source,
    case when coalesce(resource_name, resource_global_name, subscription_instance_id) is null then 'gcp_standard' else 'gcp_detailed' end as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    -- Nothing replaces a file of an append-only export: what it shares with another is told line by line.
    {{ statement_name('x_source_file') }} as x_statement,
    0 as x_row_part,
    -- The export names no row, and only ever adds rows: this stands for one, whatever file or format it comes in.
    concat_ws('-', cast({{ row_hash([
        'billing_account_id', 'invoice_month', 'cost_type', 'service_id', 'sku_id', 'sku_description', 'usage_start', 'usage_end', 'project_id', 'location_location', 'location_zone',
        'resource_name', 'resource_global_name', 'gross', 'listed', 'currency', 'amount', 'usage_unit', 'credited', 'credited_apart', 'adjustment_id', 'adjustment_mode', 'adjustment_type',
        'consumption_model_id', 'subscription_instance_id', 'seller_name', to_money('price_tier_start_amount'), 'tag_values', 'exported_at',
    ]) }} as varchar), sku_id, cast(gross as varchar)) as x_row_ref,
    cast(null as varchar) as x_corrects_ref,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['has_bad_credits', bad_value('credits', 'a JSON list is needed, each credit with its amount (a Python list is none, and read as no credits the bill would be too high)', 'Export the table as JSON lines or Parquet')],
        ['gross is null', bad_value('cost', 'a number is needed', 'Export the column with a decimal point and no thousands separator')],
        ['period_start is null', bad_value('invoice_month', 'the month of the invoice is needed as 202610', 'Export invoice.month; in CSV write nested columns as JSON (a Python dictionary is none)')],
        ['usage_start is null', bad_value('usage_start_time', 'a time is needed', 'Export the column in ISO form')],
        ['billing_account_id is null', "'billing_account_id is empty: the invoiced account is needed. Export the column'"],
        ['currency is null', "'currency is empty: amounts without a currency can not be added. Export the column'"],
        ['has_bad_labels', "'labels, tags, system_labels or project.labels is no JSON list of key and value (a Python list is none). Export the table as JSON lines or Parquet'"],
    ]) }} as x_quarantine_reason,

    'gcp' as provider,
    coalesce(seller_name, 'Google Cloud') as service_provider_name,
    'Google Cloud' as host_provider_name,
    'Google Cloud' as invoice_issuer_name,
    billing_account_id,
    project_id as sub_account_id,
    project_name as sub_account_name,
    upper(trim(currency)) as billing_currency,
    case when {{ to_money('currency_conversion_rate') }} <> 1 then 'USD' end as pricing_currency,
    cast(null as varchar) as invoice_id,

    period_start as billing_period_start,
    period_start + interval '1' month as billing_period_end,
    usage_start as charge_period_start,
    case when usage_end > usage_start then {{ exclusive_end('usage_end') }} else usage_start + interval '1' hour end as charge_period_end,

    {{ gcp_charge_category() }} as charge_category,
    case when is_correction then 'Correction' end as charge_class,
    case when is_commitment_fee then 'Recurring' when cost_kind = 'regular' then 'Usage-Based' else 'One-Time' end as charge_frequency,
    coalesce(adjustment_description, sku_description) as charge_description,
    {{ gcp_charge_kind() }} as x_charge_kind,
    case
        when is_commitment_fee or is_covered then 'Committed'
        when {{ gcp_charge_category() }} <> 'Usage' then null
        when lower(sku_description) like 'spot %' or lower(sku_description) like '%preemptible%' then 'Dynamic'
        else 'Standard'
    end as pricing_category,
    case when is_commitment_fee or is_covered then coalesce(subscription_instance_id, {{ gcp_credit_text('credits_list', 'id', 'price') }}) end as commitment_discount_id,
    case
        when coalesce(credit_types, '') like '%COMMITTED_USAGE_DISCOUNT' or lower(sku_description) like 'commitment v%' then 'Resource-based CUD'
        when is_commitment_fee or is_covered then 'Spend-based CUD'
    end as commitment_discount_type,
    case when is_unused then 'Unused' when is_covered and not is_commitment_fee then 'Used' end as commitment_discount_status,
    nullif(concat_ws(':', cost_type, adjustment_type, adjustment_mode), '') as x_line_item_type,
    'normal' as x_cost_scope,

    net as billed_cost,
    net as effective_cost,
    -- Covered usage carries its own list cost: of its commitment's fee only the unused part may stand beside it.
    case when is_unused then net when is_commitment_fee then 0 else coalesce(listed, gross) end as list_cost,
    case when is_unused then net when is_commitment_fee then 0 else coalesce(contracted, gross) end as contracted_cost,
    coalesce(credited, 0) as x_credit_amount,
    case when {{ gcp_charge_category() }} = 'Usage' then amount end as consumed_quantity,
    case when {{ gcp_charge_category() }} = 'Usage' then usage_unit end as consumed_unit,
    case when {{ gcp_charge_category() }} in ('Usage', 'Purchase') then priced_amount end as pricing_quantity,
    usage_pricing_unit as pricing_unit,
    sku_description as x_unit_text,

    {{ gcp_service_category('service_description') }} as service_category,
    cast(null as varchar) as service_subcategory,
    service_description as service_name,
    sku_id,
    sku_description as sku_meter,
    cast(null as varchar) as sku_price_id,
    -- Some descriptions hold two blanks where their twins hold one.
    nullif(trim(replace(replace(sku_description, '  ', ' '), '  ', ' ')), '') as x_sku_text,
    coalesce(location_region, nullif(location_location, 'global')) as region_id,
    {{ resource_name('coalesce(resource_global_name, resource_name)') }} as resource_id,
    coalesce(resource_global_name, resource_name) as x_resource_id_raw,
    tag_values['compute.googleapis.com/machine_spec'] as resource_type,

    cast(null as varchar) as x_usage_type,
    cast(null as varchar) as x_operation,
    cast(null as varchar) as bill_model_id,
    cast(null as varchar) as bill_token_direction,
    cast(null as varchar) as bill_token_cache_action,
    cast(null as varchar) as bill_gpu_count,
    cast(null as varchar) as principal_id,
    cast(null as varchar) as credential_id,
    tag_values as tags,
    {{ tag_collisions('entries') }} as x_tag_collisions,

    -- Not of the stream: what stg_gcp__credits makes charges of, and when Google wrote the line.
    credited_apart as x_separate_credit_amount,
    {{ gcp_credit_text('credits_list', 'name', 'apart') }} as x_separate_credit_names,
    exported_at as x_export_time
from mapped
