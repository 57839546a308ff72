{#- What the two datasets of Azure cost details share: one reading of their rows, one set of columns. Columns and charge types: Microsoft's "Understand cost details fields";
    the FOCUS terms follow Microsoft's own conversion of these datasets ("Convert Cost Management data to FOCUS"). Both read 2026-11. -#}

{% macro azure_code(column) -%}
    {#- A code without case and punctuation: OneTime, one-time, Savings Plan. -#}
    nullif(regexp_replace(lower({{ column }}), '[^a-z]', '', 'g'), '')
{%- endmacro %}

{% macro azure_name(column) -%}
    {#- Purchases and marketplace lines name their meter Unassigned, or not at all. -#}
    nullif(nullif(trim({{ column }}), 'Unassigned'), '')
{%- endmacro %}

{% macro azure_number(column) -%}
    {{ to_money("case when has_decimal_commas then replace(replace(" ~ column ~ ", '.', ''), ',', '.') else " ~ column ~ " end") }}
{%- endmacro %}

{% macro azure_date(column) -%}
    {#- ISO, or month first; with dots the day comes first everywhere. -#}
    {{ to_utc_timestamp("regexp_replace(" ~ column ~ ", '^([0-9]{1,2})[.]([0-9]{1,2})[.]([0-9]{4})', '\\2/\\1/\\3')") }}
{%- endmacro %}

{% macro azure_cost_lines(relation) -%}
    {#-
        The rows of one dataset, read: a query. What one row can not tell, the rows beside it do.
        A number proves its decimal sign when it could be no thousands separator: 0,5 and 12,3456 and 1.234,56 a comma, 0.5 and 12.3456 and 1,234.56 a point; 1,234 proves
        nothing. A date proves that its day comes first when its first part is above 12. A dataset proves itself by lines that the other never has: amortised cost has the unused
        part of commitments and what their use cost, actual cost has their purchase. A file without proof of its own follows the files it was delivered with.
    -#}
    {%- set end = '(E[+-]?[0-9]+)?( |$)' -%}
    with

    named as (

        select
            *,
            {{ azure_code("coalesce(charge_type, 'Usage')") }} as charge_code,
            {{ azure_code('pricing_model') }} as pricing_code,
            {{ azure_code('frequency') }} as frequency_code,
            {{ azure_name('meter_name') }} as meter,
            {{ azure_name('meter_sub_category') }} as sub_category,
            {{ azure_name('meter_category') }} as category,
            case
                when coalesce(pricing_currency, exchange_rate_pricing_to_billing, payg_cost_in_billing_currency) is not null then 'azure_mca'
                when try_cast(billing_account_id as bigint) is not null then 'azure_ea'
                else 'azure_payg'
            end as agreement,
            concat_ws(' ', cost, quantity, unit_price, pay_g_price) as numbers,
            concat_ws(' ', usage_date, billing_period_start_date, billing_period_end_date) as dates,
            {{ tag_entries([{'text': 'tags', 'map': 'tags_map'}]) }} as entries,
            {{ tag_text_is_bad('tags') }} as has_bad_tags
        from {{ relation }}

    ),

    judged as (

        select
            *,
            bool_or(regexp_matches(numbers, '(^| )-?([0-9]+,([0-9]{1,2}|[0-9]{4,})|0,[0-9]+|[0-9]{1,3}([.][0-9]{3})+,[0-9]+){{ end }}'))
                over (partition by x_source_file) as has_decimal_commas,
            bool_or(regexp_matches(numbers, '(^| )-?([0-9]+[.]([0-9]{1,2}|[0-9]{4,})|0[.][0-9]+|[0-9]{1,3}(,[0-9]{3})+[.][0-9]+){{ end }}'))
                over (partition by x_source_file) as has_decimal_points,
            bool_or(regexp_matches(dates, '(^| )(1[3-9]|2[0-9]|3[01])/')) over (partition by x_source_file) as has_days_first
        from named

    ),

    typed as (

        select
            *,
            {{ azure_number('cost') }} as amount,
            {{ azure_number('quantity') }} as amount_used,
            {{ azure_number('unit_price') }} as contract_price,
            {{ azure_number('pay_g_price') }} as public_price,
            {{ azure_number('payg_cost_in_billing_currency') }} as public_amount,
            -- Prices of a customer agreement are in the pricing currency; its rate leads to the billing currency.
            coalesce(case when agreement = 'azure_mca' then {{ azure_number('exchange_rate_pricing_to_billing') }} end, 1) as price_rate,
            {{ azure_date('usage_date') }} as charged_at,
            {{ azure_date('billing_period_start_date') }} as period_start,
            {{ azure_date('billing_period_end_date') }} as period_end,
            charge_code in ('unusedreservation', 'unusedsavingsplan') as is_unused,
            case
                when charge_code in ('unusedreservation', 'unusedsavingsplan') then true
                when pricing_code is not null then pricing_code in ('reservation', 'savingsplan')
                else coalesce(benefit_id, reservation_id) is not null
            end as is_commitment
        from judged

    ),

    proven as (

        select
            *,
            {{ convert_currency('amount_used', 'contract_price') }} as contracted_unconverted,
            {{ convert_currency('amount_used', 'public_price') }} as listed_unconverted,
            bool_or(is_unused or (charge_code = 'usage' and is_commitment and amount <> 0)) over (partition by x_source_file) as file_is_amortised,
            bool_or(charge_code = 'purchase' and is_commitment) over (partition by x_source_file) as file_is_actual,
            bool_or(is_unused or (charge_code = 'usage' and is_commitment and amount <> 0)) over (partition by x_report, x_delivery) as delivery_is_amortised,
            bool_or(charge_code = 'purchase' and is_commitment) over (partition by x_report, x_delivery) as delivery_is_actual
        from typed

    )

    select
        *,
        {{ convert_currency('contracted_unconverted', 'price_rate') }} as contracted,
        coalesce(nullif(public_amount, 0), {{ convert_currency('listed_unconverted', 'price_rate') }}) as listed
    from proven
{%- endmacro %}

{% macro azure_quarantine_reason(wrong_dataset, advice) -%}
    {{ first_reason([
        ['amount is null', bad_value('cost', 'a number is needed', 'Export the cost with a decimal point and no thousands separator')],
        ['has_decimal_commas and has_decimal_points', "'the file writes numbers both with a decimal comma and with a decimal point: amounts can not be told apart. Export it again, in one form'"],
        ['has_days_first', "'the file writes dates with the day first: 05/09 would be read as 9 May. Export dates as 2026-09-05 or 09/05/2026'"],
        ['charged_at is null', bad_value('usage_date', 'a date is needed', 'Export the date as 2026-09-05 or 09/05/2026')],
        ['coalesce(billing_account_id, subscription_guid) is null', "'billing_account_id is empty: the invoiced account is needed. Export BillingAccountId, or the subscription'"],
        ['billing_currency is null', "'billing_currency is empty: amounts without a currency can not be added. Export BillingCurrency'"],
        ['file_is_amortised and file_is_actual', "'the file holds actual and amortised cost together, which would count commitments twice. Export the datasets apart, one folder each'"],
        ['has_bad_tags', bad_value('tags', 'a JSON object is needed, its braces may be missing', 'Export Tags as Azure writes them')],
        [wrong_dataset, advice],
    ]) }}
{%- endmacro %}

{% macro azure_period_end() -%}
    {#- Azure's last day is included: 09/30 is the first instant of October. An end exactly one month after the start is exclusive already. -#}
    case
        when period_end is null then date_trunc('month', coalesce(period_start, charged_at)) + interval '1' month
        when period_end = period_start + interval '1' month then period_end
        else date_trunc('day', period_end) + interval '1' day
    end
{%- endmacro %}

{% macro azure_charge_columns() -%}
    agreement as x_source_schema,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    x_delivered_at,
    cast(null as varchar) as x_statement,
    0 as x_row_part,
    cast(null as varchar) as x_row_ref,
    cast(null as varchar) as x_corrects_ref,

    'azure' as provider,
    case when {{ azure_code('publisher_type') }} = 'marketplace' then coalesce(publisher_name, 'Azure Marketplace') else 'Microsoft' end as service_provider_name,
    'Microsoft' as host_provider_name,
    coalesce(reseller_name, 'Microsoft') as invoice_issuer_name,
    -- A customer agreement is invoiced by billing profile; who pays as he goes may have no other account than the subscription.
    coalesce(case when agreement = 'azure_mca' then billing_profile_id end, billing_account_id, lower(subscription_guid)) as billing_account_id,
    lower(subscription_guid) as sub_account_id,
    subscription_name as sub_account_name,
    upper(trim(billing_currency)) as billing_currency,
    upper(trim(pricing_currency)) as pricing_currency,
    invoice_id,

    coalesce(period_start, date_trunc('month', charged_at)) as billing_period_start,
    {{ azure_period_end() }} as billing_period_end,
    date_trunc('day', charged_at) as charge_period_start,
    date_trunc('day', charged_at) + interval '1' day as charge_period_end,

    case
        when charge_code = 'usage' or is_unused then 'Usage'
        when charge_code = 'purchase' then 'Purchase'
        when charge_code = 'tax' then 'Tax'
        when charge_code = 'credit' then 'Credit'
        else 'Adjustment'
    end as charge_category,
    -- A negative line of a cost allocation rule moves money between owners; it corrects no invoiced period.
    cast(null as varchar) as charge_class,
    case frequency_code when 'onetime' then 'One-Time' when 'recurring' then 'Recurring' when 'usagebased' then 'Usage-Based' end as charge_frequency,
    coalesce(product, product_order_name) as charge_description,
    case
        when charge_code = 'usage' or is_unused then 'usage'
        when charge_code = 'tax' then 'tax'
        when charge_code = 'credit' then 'credit'
        when charge_code = 'refund' then 'refund'
        when charge_code = 'roundingadjustment' then 'rounding'
        when charge_code <> 'purchase' then 'adjustment'
        when is_commitment then 'commitment_purchase'
        when lower(concat_ws(' ', category, product)) like '%support%' then 'support'
        else 'fee'
    end as x_charge_kind,
    case when is_commitment then 'Committed' when pricing_code = 'spot' then 'Dynamic' when pricing_code = 'ondemand' then 'Standard' end as pricing_category,
    case when is_commitment then rtrim(lower(coalesce(benefit_id, product_order_id, reservation_id)), '/') end as commitment_discount_id,
    case
        when not is_commitment then null
        when pricing_code = 'savingsplan' or charge_code = 'unusedsavingsplan' or lower(benefit_id) like '/providers/microsoft.billingbenefits/%' then 'Savings Plan'
        else 'Reservation'
    end as commitment_discount_type,
    case when is_unused then 'Unused' when is_commitment and charge_code = 'usage' then 'Used' end as commitment_discount_status,
    charge_type as x_line_item_type,
    'normal' as x_cost_scope,

    -- What a commitment covers carries its own price, so purchase and refund may not bring it a second time; unused time is worth what it cost. A price that is no other than the
    -- negotiated one gives the cost itself: the delivered quantity is rounded.
    case
        when is_commitment and not is_unused and charge_code <> 'usage' then 0
        when is_unused or (not is_commitment and public_price = contract_price) then amount
        when listed <> 0 and (amount = 0 or sign(listed) = sign(amount)) then listed
        when is_commitment and contracted <> 0 then contracted
        else amount
    end as list_cost,
    case
        when is_commitment and not is_unused and charge_code <> 'usage' then 0
        when is_commitment and not is_unused and contracted <> 0 then contracted
        else amount
    end as contracted_cost,
    cast(null as decimal(38, 12)) as x_credit_amount,
    case when charge_code = 'usage' then amount_used end as consumed_quantity,
    case when charge_code = 'usage' then unit_of_measure end as consumed_unit,
    case when charge_code = 'usage' then amount_used end as pricing_quantity,
    unit_of_measure as pricing_unit,
    nullif(concat_ws('|', meter, product), '') as x_unit_text,

    {{ azure_service_category() }} as service_category,
    sub_category as service_subcategory,
    coalesce(category, product_order_name, publisher_name, consumed_service) as service_name,
    coalesce(product_id, part_number) as sku_id,
    meter as sku_meter,
    meter_id as sku_price_id,
    nullif(concat_ws('|', coalesce(meter, product), sub_category), '') as x_sku_text,
    lower(replace(resource_location, ' ', '')) as region_id,
    -- What a purchase names is the commitment, which is no resource.
    case when lower(resource_id) like '/subscriptions/%' or resource_id not like '/%' then lower({{ resource_name('resource_id') }}) end as resource_id,
    resource_id as x_resource_id_raw,
    coalesce(vm_size, consumed_service) as resource_type,

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
{%- endmacro %}

{% macro azure_service_category() -%}
    {#- FOCUS service categories of the meter categories AI spend meets (Microsoft's Services map groups them so); everything else is Other. -#}
    case
        when category in ('Cognitive Services', 'Foundry Models', 'Foundry Tools', 'Azure OpenAI', 'Azure Machine Learning', 'Azure AI Foundry', 'Azure Cognitive Search', 'Azure AI Search') then 'AI and Machine Learning'
        when category in ('Virtual Machines', 'Virtual Machines Licenses', 'Azure Kubernetes Service', 'Container Instances', 'Functions', 'Azure App Service') then 'Compute'
        when category in ('Storage', 'Azure NetApp Files', 'Backup') then 'Storage'
        when category in ('Bandwidth', 'Virtual Network', 'NAT Gateway', 'Load Balancer', 'Azure Front Door Service', 'Content Delivery Network', 'VPN Gateway') then 'Networking'
        when category in ('Log Analytics', 'Azure Monitor', 'Application Insights', 'Insight and Analytics') then 'Management and Governance'
        when category in ('SQL Database', 'SQL Managed Instance', 'Azure Cosmos DB', 'Azure Database for PostgreSQL', 'Azure Database for MySQL', 'Redis Cache') then 'Databases'
        when category in ('Azure Databricks', 'Azure Synapse Analytics', 'Microsoft Fabric', 'Azure Data Factory v2', 'Event Hubs') then 'Analytics'
        when category in ('Advanced Threat Protection', 'Advanced Data Security', 'Key Vault', 'Sentinel', 'Microsoft Defender for Cloud') then 'Security'
        else 'Other'
    end
{%- endmacro %}

{% macro azure_focus_flags() -%}
    {#- What the repairs need to know. Quantities of a block-priced meter may be counted in its blocks although the unit says otherwise: then the price times them is the cost. -#}
    provider = 'azure' as is_azure,
    coalesce(effective, billed) as paid,
    coalesce(provider = 'azure' and charge_category = 'Purchase' and (commitment_discount_id is not null or pricing_category = 'Committed'), false) as is_commitment_purchase,
    coalesce(
        provider = 'azure' and block_size > 1 and x_pricing_unit_description is not null and coalesce(charge_category, 'Usage') = 'Usage'
        and abs({{ convert_currency('quantity_consumed', 'unit_price') }} - coalesce(nullif(listed, 0), effective, billed))
        < abs({{ convert_currency('quantity_priced', 'unit_price') }} - coalesce(nullif(listed, 0), effective, billed)),
        false
    ) as counts_blocks
{%- endmacro %}

{% macro azure_focus_repairs() -%}
    {#- Where Azure's FOCUS export departs from the specification (Microsoft's conformance page, 2026-04) or from itself. Every other provider's rows pass as they are. -#}
    -- The use of a commitment carries its amortised cost: a purchase that carries it too would double it.
    case when is_commitment_purchase then 0 else effective end as amortised,
    -- Nothing is free that costs something: a contracted or list cost of 0 beside a cost is a missing one, and the contracted cost of a block-priced meter is a block too small.
    case when is_azure and not is_commitment_purchase and abs(contracted) < abs(paid) then paid else contracted end as contracted_known,
    case when is_azure and not is_commitment_purchase and listed = 0 and paid <> 0 then null else listed end as listed_known,
    case
        when is_azure and pricing_category = 'Standard' and coalesce(charge_category, 'Usage') = 'Usage' and coalesce(commitment_discount_id, commitment_discount_status) is not null
            then 'Committed'
        else pricing_category
    end as category_of_price,
    case when is_commitment_purchase and charge_frequency = 'Usage-Based' then 'Recurring' else charge_frequency end as frequency,
    -- Resource ids come in lower case and commitment ids as they were made: one spelling, so that they meet.
    case when is_azure then lower(commitment_discount_id) else commitment_discount_id end as commitment,
    case when is_azure then coalesce(service_name, x_sku_meter_category, x_sku_order_name, nullif(publisher_name, 'Microsoft')) else service_name end as service,
    case when counts_blocks then x_pricing_unit_description else consumed_unit end as unit_consumed,
    case when counts_blocks then x_pricing_unit_description else pricing_unit end as unit_priced,
    case when counts_blocks then quantity_consumed when is_azure and quantity_priced = 0 and paid <> 0 then null else quantity_priced end as quantity_priced_known
{%- endmacro %}
