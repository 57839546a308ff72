-- Grain: one row per result of a day's bucket of the OpenAI costs API, every pull kept.
-- Conserves: billed_cost sums to amount.value. It is spend before tax, credits and prepaid balance: the invoice has those on top.
with

source as (

    select * from {{ landing('openai', 'costs') }}

),

parsed as (

    select
        *,
        {{ to_money('amount_value') }} as amount,
        {{ to_money('quantity') }} as billed_quantity,
        {{ to_utc_timestamp('start_time') }} as day_start,
        {{ to_utc_timestamp('end_time') }} as day_end,
        lower(line_item) as line,
        -- The API names the organisation in each result; a dump may not. Then the folder tells organisations apart.
        coalesce(organization_id, {{ pull_account() }}, 'openai') as organisation
    from source

),

-- 'priority | gpt-5.4-2026-03-05, input', 'gpt-audio-mini-2025-12-15 audio, output', 'flex | gpt-5-mini': a way of running, a model, a medium, a direction.
-- A model's name holds no blank; 'web search tool calls' and 'assistants api | file search' name none.
named as (

    select
        *,
        case when line like '%credit%' or line like '%refund%' then 'Credit' else 'Usage' end as category,
        regexp_replace(regexp_replace(line, '^[a-z ]+ [|] ', ''), '( text| audio| image)?,.*$', '') as model_text,
        line like '%, input%' or line like '%, output%' or line like '%, cached input%' or line like '%, cache write%' as is_token_line
    from parsed

)

select
    'openai_costs' as x_source,
    'openai_costs_v1' as x_source_schema,
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
        ['amount is null', bad_value('amount_value', 'a number is needed', 'Pull GET /v1/organization/costs and keep its answer as it is')],
        ['day_start is null', bad_value('start_time', 'a time is needed', 'Keep the bucket around its results: it says which day they are of')],
        ['amount_currency is null', "'amount_currency is empty: amounts without a currency can not be added. Keep amount.currency'"],
    ]) }} as x_quarantine_reason,

    'openai' as provider,
    'OpenAI' as service_provider_name,
    'OpenAI' as host_provider_name,
    'OpenAI' as invoice_issuer_name,
    organisation as billing_account_id,
    project_id as sub_account_id,
    project_name as sub_account_name,
    upper(trim(amount_currency)) as billing_currency,

    date_trunc('month', day_start) as billing_period_start,
    date_trunc('month', day_start) + interval '1' month as billing_period_end,
    day_start as charge_period_start,
    case when day_end > day_start then day_end else day_start + interval '1' day end as charge_period_end,

    category as charge_category,
    'Usage-Based' as charge_frequency,
    line_item as charge_description,
    {{ charge_kind('category', "'OpenAI API'", 'line', 'cast(null as varchar)') }} as x_charge_kind,
    'normal' as x_cost_scope,

    amount as billed_cost,
    amount as effective_cost,
    amount as list_cost,
    amount as contracted_cost,
    billed_quantity as consumed_quantity,
    case when billed_quantity is not null then coalesce(quantity_unit, case when is_token_line then 'Tokens' end) end as consumed_unit,
    quantity_unit as x_unit_text,

    'AI and Machine Learning' as service_category,
    'Generative AI' as service_subcategory,
    'OpenAI API' as service_name,
    line_item as sku_id,
    line_item as sku_meter,
    line_item as x_sku_text,

    line_item as x_usage_type,
    case when model_text <> '' and (line like '%, %' or model_text not like '% %') then replace(model_text, ' ', '-') end as bill_model_id,
    user_id as principal_id,
    api_key_id as credential_id,
    {{ absent_charge_columns([
        'x_row_ref', 'x_corrects_ref', 'pricing_currency', 'invoice_id', 'charge_class', 'pricing_category', 'commitment_discount_id',
        'commitment_discount_type', 'commitment_discount_status', 'x_line_item_type', 'x_credit_amount', 'pricing_quantity', 'pricing_unit',
        'sku_price_id', 'region_id', 'resource_id', 'x_resource_id_raw', 'resource_type', 'x_operation', 'bill_token_direction',
        'bill_token_cache_action', 'bill_gpu_count',
    ]) }},
    {{ no_tags() }} as tags,
    0 as x_tag_collisions
from named
