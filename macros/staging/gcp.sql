{#- Google Cloud's billing export (docs.cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage, read 2026-11).
    All of these work on the columns of stg_gcp__billing_exports. -#}

{% macro gcp_usage_credit_types() -%}
    {#- Credits that are a price: the line costs less because of what it is. Every other type, also one not known yet, is a form of payment or a margin and stands apart, where
        policy can see it: PROMOTION, RESELLER_MARGIN, SUBSCRIPTION_BENEFIT. -#}
    {{ return([
        'COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE', 'FEE_UTILIZATION_OFFSET', 'SUSTAINED_USAGE_DISCOUNT', 'DISCOUNT', 'SPENDING_BASED_DISCOUNT', 'FREE_TIER',
    ]) }}
{%- endmacro %}

{% macro gcp_records(column) -%}
    {#- A repeated record as it comes out of BigQuery (a JSON list, or Parquet's list.element wrapped around each record) -> JSON text of a plain list.
        An object is left as it is: labels may be one. Null where there is nothing, or no JSON. -#}
    {{ return(adapter.dispatch('gcp_records')(column)) }}
{%- endmacro %}

{% macro duckdb__gcp_records(column) -%}
    case
        -- By the look of the text: most lists are plain, and taking one apart costs more than reading it.
        when regexp_matches({{ column }}, '^(\{"(list|bag)"|\[\{"(array_)?element")') then to_json(list_transform(
            try_cast(coalesce(
                json_extract(try_cast({{ column }} as json), '$.list'), json_extract(try_cast({{ column }} as json), '$.bag'), try_cast({{ column }} as json)
            ) as json[]),
            lambda record: coalesce(record -> 'element', record -> 'array_element', record)
        ))
        else try_cast({{ column }} as json)
    end
{%- endmacro %}

{% macro default__gcp_records(column) -%}
    regexp_replace(
        regexp_replace({{ column }}, '^\\{"(list|bag)":(\\[.*\\])\\}$', '$2'),
        '\\{"(array_)?element":(\\{[^{}]*\\})\\}', '$2'
    )
{%- endmacro %}

{% macro gcp_tags(records, inherited) -%}
    {#- Resource Manager tags: those of the resource itself, or those its project, folder or organisation hands down. -#}
    {{ return(adapter.dispatch('gcp_tags')(records, inherited)) }}
{%- endmacro %}

{% macro duckdb__gcp_tags(records, inherited) -%}
    case when json_type({{ records }}) = 'ARRAY' then to_json(list_filter(
        cast({{ records }} as json[]),
        lambda tag: {{ '' if inherited else 'not ' }}coalesce(lower(tag ->> 'inherited') = 'true', false)
    )) end
{%- endmacro %}

{% macro default__gcp_tags(records, inherited) -%}
    to_json(filter(
        from_json({{ records }}, 'array<struct<key:string,value:string,inherited:boolean>>'),
        tag -> {{ '' if inherited else 'not ' }}coalesce(tag.inherited, false)
    ))
{%- endmacro %}

{% macro gcp_typed_tags(column, kind) -%}
    {#- Google's FOCUS view puts labels, tags and labels of project and system in one list, each with its x_type: those of one kind. Null where the list is none of that sort. -#}
    {{ return(adapter.dispatch('gcp_typed_tags')(column, kind)) }}
{%- endmacro %}

{% macro duckdb__gcp_typed_tags(column, kind) -%}
    case when contains({{ column }}, '"x_type"') then to_json(list_transform(
        list_filter(coalesce(try_cast(try_cast({{ column }} as json) as json[]), []), lambda tag: tag ->> 'x_type' = '{{ kind }}'),
        lambda tag: struct_pack("key" := tag ->> 'key', "value" := tag ->> 'value', inherited := tag ->> 'x_inherited')
    )) end
{%- endmacro %}

{% macro default__gcp_typed_tags(column, kind) -%}
    case when contains({{ column }}, '"x_type"') then to_json(transform(
        filter(from_json({{ column }}, 'array<struct<key:string,value:string,x_type:string,x_inherited:boolean>>'), tag -> tag.x_type = '{{ kind }}'),
        tag -> named_struct('key', tag.key, 'value', tag.value, 'inherited', tag.x_inherited)
    )) end
{%- endmacro %}

{% macro gcp_credit_is_price(type, words) -%}
    {#- Lines from before September 2020 have no type: their name tells. -#}
    case
        when coalesce({{ type }}, '') in ('', 'CREDIT_TYPE_UNSPECIFIED') then {{ apportion.regex_match(words, "'sustained|commit(?:ted|ment)|free (?:tier|usage)|spending.based'") }}
        else {{ type }} in ('{{ apportion.gcp_usage_credit_types() | join("', '") }}')
    end
{%- endmacro %}

{% macro gcp_credit_sum(records, which) -%}
    {#- Sum of a line's credits inside the line itself: a join to its credits would repeat its cost for each of them. which: price, apart, or one type. -#}
    {{ return(adapter.dispatch('gcp_credit_sum')(records, which)) }}
{%- endmacro %}

{% macro duckdb__gcp_credit_sum(records, which) -%}
    {%- set is_price = apportion.gcp_credit_is_price("credit ->> 'type'", "concat_ws(' ', credit ->> 'id', credit ->> 'full_name', credit ->> 'name')") -%}
    cast(case when json_array_length({{ records }}) > 0 then list_sum(list_transform(
        list_filter(
            cast({{ records }} as json[]),
            lambda credit: {% if which == 'price' %}{{ is_price }}{% elif which == 'apart' %}not {{ is_price }}{% else %}credit ->> 'type' = '{{ which }}'{% endif %}
        ),
        lambda credit: {{ apportion.to_money("(credit ->> 'amount')") }}
    )) end as decimal(38, 12))
{%- endmacro %}

{% macro default__gcp_credit_sum(records, which) -%}
    {%- set is_price = apportion.gcp_credit_is_price('credit.type', "concat_ws(' ', credit.id, credit.full_name, credit.name)") -%}
    nullif(aggregate(
        filter(
            from_json({{ records }}, 'array<struct<id:string,full_name:string,name:string,type:string,amount:string>>'),
            credit -> {% if which == 'price' %}{{ is_price }}{% elif which == 'apart' %}not {{ is_price }}{% else %}credit.type = '{{ which }}'{% endif %}
        ),
        cast(0 as decimal(38, 12)),
        (total, credit) -> cast(total + {{ apportion.to_money('credit.amount') }} as decimal(38, 12))
    ), 0)
{%- endmacro %}

{% macro gcp_credit_text(records, field, which) -%}
    {#- One field of a line's credits, as text: what they are called. which: price or apart. -#}
    {{ return(adapter.dispatch('gcp_credit_text')(records, field, which)) }}
{%- endmacro %}

{% macro duckdb__gcp_credit_text(records, field, which) -%}
    {%- set is_price = apportion.gcp_credit_is_price("credit ->> 'type'", "concat_ws(' ', credit ->> 'id', credit ->> 'full_name', credit ->> 'name')") -%}
    case when json_array_length({{ records }}) > 0 then nullif(array_to_string(list_sort(list_distinct(list_transform(
        list_filter(cast({{ records }} as json[]), lambda credit: {{ '' if which == 'price' else 'not ' }}{{ is_price }}),
        lambda credit: {% if field == 'name' %}coalesce(nullif(credit ->> 'full_name', ''), credit ->> 'name', credit ->> 'type'){% else %}credit ->> '{{ field }}'{% endif %}
    ))), ', '), '') end
{%- endmacro %}

{% macro default__gcp_credit_text(records, field, which) -%}
    {%- set is_price = apportion.gcp_credit_is_price('credit.type', "concat_ws(' ', credit.id, credit.full_name, credit.name)") -%}
    nullif(array_join(array_sort(array_distinct(transform(
        filter(
            from_json({{ records }}, 'array<struct<id:string,full_name:string,name:string,type:string,amount:string>>'),
            credit -> {{ '' if which == 'price' else 'not ' }}{{ is_price }}
        ),
        credit -> {% if field == 'name' %}coalesce(nullif(credit.full_name, ''), credit.name, credit.type){% else %}credit.{{ field }}{% endif %}
    ))), ', '), '')
{%- endmacro %}

{% macro gcp_credits_are_bad(column, records) -%}
    {#- Text that is no JSON list (Python writes [{'name': None}]), or a credit without a number. Read as no credits it would make the bill too high. -#}
    {{ return(adapter.dispatch('gcp_credits_are_bad')(column, records)) }}
{%- endmacro %}

{% macro duckdb__gcp_credits_are_bad(column, records) -%}
    ({{ column }} is not null and case
        when {{ records }} is null then true
        when json_type({{ records }}) = 'NULL' then false
        when json_type({{ records }}) <> 'ARRAY' then true
        when json_array_length({{ records }}) = 0 then false
        else len(list_filter(cast({{ records }} as json[]), lambda credit: {{ apportion.to_money("(credit ->> 'amount')") }} is null)) > 0
    end)
{%- endmacro %}

{% macro default__gcp_credits_are_bad(column, records) -%}
    ({{ column }} is not null and trim({{ column }}) <> 'null' and coalesce(exists(
        from_json({{ records }}, 'array<struct<amount:string>>', map('mode', 'FAILFAST')), credit -> {{ apportion.to_money('credit.amount') }} is null
    ), true))
{%- endmacro %}

{% macro gcp_charge_category() -%}
    {#- A correction of usage is usage of the hours it corrects (FOCUS 1.4): it is split by the same measured use. Goodwill, breach of an SLA or a balance carried over is none. -#}
    case
        when cost_kind = 'tax' then 'Tax'
        when is_commitment_fee then 'Purchase'
        when cost_kind = 'regular' or (cost_kind = 'adjustment' and is_correction) then 'Usage'
        else 'Adjustment'
    end
{%- endmacro %}

{% macro gcp_charge_kind() -%}
    case
        when cost_kind = 'tax' then 'tax'
        when cost_kind = 'rounding_error' then 'rounding'
        when is_commitment_fee then 'commitment_purchase'
        when cost_kind = 'adjustment' and not is_correction then 'adjustment'
        when lower(service_description) like '%support%' then 'support'
        when cost_kind in ('regular', 'adjustment') then 'usage'
        else 'adjustment'
    end
{%- endmacro %}

{% macro gcp_service_category(service) -%}
    {#- FOCUS service categories of the services AI spend meets; everything else is Other. -#}
    case
        when lower({{ service }}) like '%vertex%' or lower({{ service }}) like '%gemini%' or lower({{ service }}) like '%claude%' or lower({{ service }}) like '%generative%' then 'AI and Machine Learning'
        when {{ service }} in ('Compute Engine', 'Kubernetes Engine', 'Google Kubernetes Engine', 'Cloud Run', 'Cloud Run Functions', 'Cloud Functions', 'App Engine') then 'Compute'
        when {{ service }} in ('Cloud Storage', 'Cloud Filestore', 'Backup for GKE') then 'Storage'
        when {{ service }} in ('BigQuery', 'BigQuery Reservation API', 'Cloud Dataflow', 'Cloud Dataproc', 'Cloud Composer') then 'Analytics'
        when {{ service }} in ('Cloud SQL', 'Cloud Spanner', 'Cloud Bigtable', 'AlloyDB', 'Cloud Firestore', 'Cloud Memorystore for Redis') then 'Databases'
        when {{ service }} in ('Networking', 'Cloud DNS', 'Cloud CDN', 'Cloud NAT') then 'Networking'
        when {{ service }} in ('Cloud Logging', 'Cloud Monitoring', 'Stackdriver') then 'Management and Governance'
        else 'Other'
    end
{%- endmacro %}
