{#- The one shape every bill is staged to. A new kind of bill is one more staging model with these columns, in any order, and one more name in charge_sources(). -#}

{% macro charge_sources() -%}
    {{ return([
        'stg_aws__cur2_line_items',
        'stg_azure__actual_costs',
        'stg_azure__amortized_costs',
        'stg_focus__charges',
        'stg_openai__costs',
        'stg_anthropic__cost_report',
        'stg_pinecone__usage',
        'stg_gcp__billing_exports',
        'stg_gcp__credits',
        'stg_oci__cost_reports',
    ]) }}
{%- endmacro %}

{% macro charge_columns() -%}
    {{ return([
        'x_source', 'x_source_schema', 'x_source_file', 'x_source_row_number', 'x_row_part', 'x_report', 'x_delivery', 'x_delivered_at', 'x_statement', 'x_row_ref', 'x_corrects_ref',
        'x_quarantine_reason', 'x_cost_scope', 'x_cost_dataset',
        'provider', 'service_provider_name', 'host_provider_name', 'invoice_issuer_name', 'billing_account_id', 'sub_account_id', 'sub_account_name',
        'billing_currency', 'pricing_currency', 'invoice_id',
        'billing_period_start', 'billing_period_end', 'charge_period_start', 'charge_period_end',
        'charge_category', 'charge_class', 'charge_frequency', 'charge_description', 'x_charge_kind', 'pricing_category',
        'commitment_discount_id', 'commitment_discount_type', 'commitment_discount_status', 'x_line_item_type',
        'billed_cost', 'effective_cost', 'list_cost', 'contracted_cost', 'x_credit_amount',
        'consumed_quantity', 'consumed_unit', 'pricing_quantity', 'pricing_unit', 'x_unit_text',
        'service_category', 'service_subcategory', 'service_name', 'sku_id', 'sku_meter', 'sku_price_id', 'x_sku_text',
        'region_id', 'resource_id', 'x_resource_id_raw', 'resource_type', 'x_usage_type', 'x_operation',
        'bill_model_id', 'bill_token_direction', 'bill_token_cache_action', 'bill_gpu_count',
        'principal_id', 'credential_id', 'tags', 'x_tag_collisions',
    ]) }}
{%- endmacro %}

{% macro charge_content_columns(prefix='') -%}
    {#- What a line says, apart from where it stands and which invoice it got: two lines alike in these are one statement made twice. -#}
    {%- set lineage = [
        'x_source_file', 'x_source_row_number', 'x_row_part', 'x_report', 'x_delivery', 'x_delivered_at', 'x_statement', 'x_row_ref', 'x_corrects_ref', 'x_quarantine_reason', 'invoice_id',
    ] -%}
    {%- set columns = [] -%}
    {%- for column in charge_columns() if column not in lineage -%}
        {%- do columns.append(prefix ~ column) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro charge_columns_with(own) -%}
    {#- The columns of the stream from a relation that has them, some of them replaced: a charge folded into another line differs from it in a few things. -#}
    {%- set columns = [] -%}
    {%- for column in apportion.charge_columns() -%}
        {%- do columns.append(own[column] ~ ' as ' ~ column if column in own else column) -%}
    {%- endfor -%}
    {{ columns | join(',\n    ') }}
{%- endmacro %}

{% macro charge_kind(category, service, description, commitment_id) -%}
    {#- What policy may treat apart from usage, told from FOCUS columns: usage, tax, credit, refund, rounding, adjustment, commitment_purchase, support, fee.
        A source that has codes of its own for these reads them instead. -#}
    case
        when lower({{ category }}) = 'usage' then 'usage'
        when lower({{ category }}) = 'tax' then 'tax'
        when lower({{ category }}) = 'credit' then 'credit'
        when lower({{ description }}) like '%rounding%' then 'rounding'
        when lower({{ description }}) like '%refund%' then 'refund'
        when lower({{ category }}) = 'adjustment' then 'adjustment'
        when {{ commitment_id }} is not null then 'commitment_purchase'
        when lower({{ service }}) like '%support%' or lower({{ description }}) like '%support plan%' then 'support'
        else 'fee'
    end
{%- endmacro %}

{% macro absent_charge_columns(columns) -%}
    {#- Typed nulls for what a source does not tell. -#}
    {%- set amounts = ['billed_cost', 'effective_cost', 'list_cost', 'contracted_cost', 'x_credit_amount', 'consumed_quantity', 'pricing_quantity'] -%}
    {% for column in columns -%}
    cast(null as {{ 'decimal(38, 12)' if column in amounts else 'varchar' }}) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro pull_stamp() -%}
    {#- The date, and the time where it stands, in the name of a pulled file: the last one, since a range of days is named by its end. Null where the folder is dated
        already, and of a name without a date. -#}
    case
        when not coalesce({{ apportion.regex_match('x_delivery', "'20[0-9][0-9]-?[01][0-9]-?[0-3][0-9]'") }}, false) then nullif(regexp_extract(
            regexp_extract(x_source_file, '([^/]+)$', 1),
            '^.*(20[0-9][0-9]-?[01][0-9]-?[0-3][0-9](?:[T_-][0-9]{2}[:-]?[0-9]{2}(?:[:-]?[0-9]{2})?)?)', 1
        ), '')
    end
{%- endmacro %}

{% macro pull_delivery() -%}
    {#- The delivery of what is pulled from an API or downloaded by hand for some range of days. People keep such files side by side in one folder, with the date in
        the name: files of one date are one pull then. Pages without a date are parts of their folder's. -#}
    concat_ws('/', x_delivery, {{ apportion.pull_stamp() }})
{%- endmacro %}

{% macro pull_delivered_at() -%}
    {#- When it was pulled. A file copied without its time still says its day. -#}
    coalesce({{ apportion.to_utc_timestamp(apportion.pull_stamp()) }}, x_delivered_at)
{%- endmacro %}

{% macro pull_account() -%}
    {#- Who is billed, told by the first folder below the source's, for an API that does not say whose answer it is: <source>/<organisation>/<pull>/page.json.
        A folder that is dated or a partition is a pull, and so is a bare id with nothing dated below it; null there. -#}
    {%- set folder = "regexp_extract(x_source_file, '^[^/]+/([^/]+)/', 1)" -%}
    {%- set dated = "'20[0-9][0-9]-?[01][0-9]'" -%}
    case
        when {{ folder }} = '' or {{ folder }} like '%=%' or lower({{ folder }}) in ('data', 'metadata') or {{ apportion.regex_match(folder, dated) }} then null
        when
            {{ apportion.regex_match(folder, "'^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$'") }}
            and not {{ apportion.regex_match("regexp_extract(x_source_file, '^[^/]+/[^/]+/(.*)$', 1)", dated) }} then null
        else {{ folder }}
    end
{%- endmacro %}
