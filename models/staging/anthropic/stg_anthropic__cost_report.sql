-- Grain: one row per result of a day's bucket of the Anthropic cost report, every pull kept.
-- Conserves: billed_cost sums to amount / 100. Amounts are in CENTS (cost report reference, 2026-11). Priority tier commitments are not in the report, and neither are tax and credits.
with

source as (

    select * from {{ landing('anthropic', 'cost_report') }}

),

parsed as (

    select
        *,
        -- A decimal times a hundredth keeps every digit; a division would pass through a double.
        cast({{ to_money('amount') }} * cast(0.01 as decimal(3, 2)) as decimal(38, 12)) as amount_usd,
        cast({{ to_money('list_amount') }} * cast(0.01 as decimal(3, 2)) as decimal(38, 12)) as list_amount_usd,
        {{ to_utc_timestamp('starting_at') }} as day_start,
        {{ to_utc_timestamp('ending_at') }} as day_end,
        upper(trim(currency)) as billing_currency_code,
        -- The API does not repeat whose report it is: the folder tells organisations apart.
        coalesce(organization_id, {{ pull_account() }}, 'anthropic') as organisation,
        case when lower(description) like '%credit%' or lower(description) like '%refund%' then 'Credit' else 'Usage' end as category,
        nullif(concat_ws(
            '|',
            coalesce(description, cost_type),
            replace(token_type, '.', '_'),
            service_tier,
            context_window,
            case when inference_geo <> 'not_available' then 'geo ' || inference_geo end
        ), '') as meter
    from source

)

select
    'anthropic_cost_report' as x_source,
    'anthropic_cost_report_v1' as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    {{ pull_delivery() }} as x_delivery,
    {{ pull_delivered_at() }} as x_delivered_at,
    -- A later pull that covers a day states it anew, whatever else either of them covers.
    cast(cast(day_start as date) as varchar) as x_statement,
    0 as x_row_part,
    'both' as x_cost_dataset,
    {{ first_reason([
        ['amount_usd is null', bad_value('amount', 'a number of cents is needed', 'Pull GET /v1/organizations/cost_report and keep its answer as it is')],
        ['day_start is null', bad_value('starting_at', 'a time is needed', 'Keep the bucket around its results: it says which day they are of')],
        ["billing_currency_code <> 'USD' or billing_currency_code is null", bad_value('currency', 'USD is needed, since how many lowest units make one unit is known for it alone', 'Keep currency as the API gives it')],
    ]) }} as x_quarantine_reason,

    'anthropic' as provider,
    'Anthropic' as service_provider_name,
    'Anthropic' as host_provider_name,
    'Anthropic' as invoice_issuer_name,
    organisation as billing_account_id,
    workspace_id as sub_account_id,
    workspace_name as sub_account_name,
    billing_currency_code as billing_currency,

    date_trunc('month', day_start) as billing_period_start,
    date_trunc('month', day_start) + interval '1' month as billing_period_end,
    day_start as charge_period_start,
    case when day_end > day_start then day_end else day_start + interval '1' day end as charge_period_end,

    category as charge_category,
    'Usage-Based' as charge_frequency,
    description as charge_description,
    {{ charge_kind('category', "'Claude API'", 'description', 'cast(null as varchar)') }} as x_charge_kind,
    'normal' as x_cost_scope,

    amount_usd as billed_cost,
    amount_usd as effective_cost,
    coalesce(list_amount_usd, amount_usd) as list_cost,
    amount_usd as contracted_cost,

    'AI and Machine Learning' as service_category,
    'Generative AI' as service_subcategory,
    'Claude API' as service_name,
    description as sku_meter,
    meter as x_sku_text,

    token_type as x_usage_type,
    cost_type as x_operation,
    model as bill_model_id,
    case
        when token_type = 'output_tokens' then 'Output'
        when token_type like '%input_tokens' then 'Input'
    end as bill_token_direction,
    case
        when token_type = 'uncached_input_tokens' then 'Uncached'
        when token_type like 'cache_read%' then 'Read'
        when token_type like 'cache_creation%' then 'Write'
    end as bill_token_cache_action,
    {{ absent_charge_columns([
        'x_row_ref', 'x_corrects_ref', 'pricing_currency', 'invoice_id', 'charge_class', 'pricing_category', 'commitment_discount_id',
        'commitment_discount_type', 'commitment_discount_status', 'x_line_item_type', 'x_credit_amount', 'consumed_quantity', 'consumed_unit',
        'pricing_quantity', 'pricing_unit', 'x_unit_text', 'sku_id', 'sku_price_id', 'region_id', 'resource_id', 'x_resource_id_raw',
        'resource_type', 'bill_gpu_count', 'principal_id', 'credential_id',
    ]) }},
    {{ no_tags() }} as tags,
    0 as x_tag_collisions
from parsed
