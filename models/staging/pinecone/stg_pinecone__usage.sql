-- Grain: one row per line of a Pinecone usage report, every download kept.
-- Conserves: billed_cost sums to cost. The monthly minimum's top-up is a line of its own, and so are support and credits.
with

source as (

    select * from {{ landing('pinecone', 'usage') }}

),

parsed as (

    select
        *,
        {{ to_money('cost') }} as amount,
        {{ to_money('list_cost') }} as listed,
        {{ to_money('quantity') }} as used,
        {{ to_utc_timestamp('usage_date') }} as usage_start,
        {{ to_utc_timestamp('usage_end') }} as usage_stop,
        lower(sku) as item,
        coalesce(organization_id, organization_name, {{ pull_account() }}, 'pinecone') as organisation,
        {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}, {'text': 'project_tags', 'precedence': 1}]) }} as entries
    from source

),

categorised as (

    select
        *,
        case
            when item like '%credit%' or item like '%refund%' or item like '%discount%' then 'Credit'
            when item like '%tax%' then 'Tax'
            when item like '%minimum%' or item like '%commit%' or item like '%support%' or item like '%platform fee%' then 'Purchase'
            else 'Usage'
        end as category
    from parsed

)

select
    'pinecone_usage' as x_source,
    'pinecone_usage_csv' as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    {{ pull_delivery() }} as x_delivery,
    {{ pull_delivered_at() }} as x_delivered_at,
    -- A later pull that covers a day states it anew, whatever else either of them covers.
    cast(cast(usage_start as date) as varchar) as x_statement,
    0 as x_row_part,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['amount is null', bad_value('cost', 'a number is needed', 'Download the report again and leave it as it is')],
        ['usage_start is null', bad_value('usage_date', 'a date is needed', 'Write it as 2026-08-01')],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
        [tag_text_is_bad('project_tags'), bad_value('project_tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    'pinecone' as provider,
    'Pinecone' as service_provider_name,
    coalesce(cloud, 'Pinecone') as host_provider_name,
    'Pinecone' as invoice_issuer_name,
    organisation as billing_account_id,
    coalesce(project_id, project_name) as sub_account_id,
    project_name as sub_account_name,
    coalesce(upper(trim(currency)), 'USD') as billing_currency,
    invoice_id,

    date_trunc('month', usage_start) as billing_period_start,
    date_trunc('month', usage_start) + interval '1' month as billing_period_end,
    usage_start as charge_period_start,
    case when usage_stop > usage_start then {{ exclusive_end('usage_stop') }} else usage_start + interval '1' day end as charge_period_end,

    category as charge_category,
    case category when 'Usage' then 'Usage-Based' when 'Purchase' then 'Recurring' else 'One-Time' end as charge_frequency,
    sku as charge_description,
    {{ charge_kind('category', 'service', 'sku', 'cast(null as varchar)') }} as x_charge_kind,
    'normal' as x_cost_scope,

    amount as billed_cost,
    amount as effective_cost,
    coalesce(listed, amount) as list_cost,
    amount as contracted_cost,
    case when category = 'Usage' then used end as consumed_quantity,
    case when category = 'Usage' then unit end as consumed_unit,
    case when category = 'Usage' then used end as pricing_quantity,
    case when category = 'Usage' then unit end as pricing_unit,

    'Databases' as service_category,
    case when lower(service) like 'pinecone%' then service else concat_ws(' ', 'Pinecone', service) end as service_name,
    sku_id,
    sku as sku_meter,
    nullif(concat_ws('|', sku, unit), '') as x_sku_text,
    region as region_id,
    index_name as resource_id,
    index_name as x_resource_id_raw,
    case when index_name is not null then 'Index' end as resource_type,

    sku as x_usage_type,
    {{ absent_charge_columns([
        'x_row_ref', 'x_corrects_ref', 'pricing_currency', 'charge_class', 'pricing_category', 'commitment_discount_id', 'commitment_discount_type',
        'commitment_discount_status', 'x_line_item_type', 'x_credit_amount', 'x_unit_text', 'service_subcategory', 'sku_price_id', 'x_operation',
        'bill_model_id', 'bill_token_direction', 'bill_token_cache_action', 'bill_gpu_count', 'principal_id', 'credential_id',
    ]) }},
    {{ tag_map('entries') }} as tags,
    {{ tag_collisions('entries') }} as x_tag_collisions
from categorised
