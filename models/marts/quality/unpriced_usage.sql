-- Grain: one row per provider, model name, geographic scope, service tier, token kind and reason of use that has no list price.
-- Law 3: what can not be priced is a row with what to add, and never a cost of zero.
with

priced as (

    select * from {{ ref('int_inference__priced') }}
    where unpriced_reason is not null

),

without_cost as (

    select * from {{ ref('int_inference__without_cost') }}
    where unpriced_reason is not null

),

{% set key = ['provider', 'model_id_raw', 'model_id', 'geo_scope', 'service_tier', 'token_kind', 'unpriced_reason'] -%}
unioned as (

    select
        {{ key | join(',\n        ') }},
        usage_date,
        price_ambiguity,
        tokens,
        0 as uncosted_tokens
    from priced
    union all
    select
        {{ key | join(',\n        ') }},
        usage_date,
        cast(null as varchar) as price_ambiguity,
        0 as tokens,
        tokens as uncosted_tokens
    from without_cost

),

grouped as (

    select
        {{ key | join(',\n        ') }},
        min(price_ambiguity) as price_ambiguity,
        cast(sum(tokens) as bigint) as tokens,
        cast(sum(uncosted_tokens) as bigint) as uncosted_tokens,
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date
    from unioned
    group by {{ key | join(', ') }}

)

select
    provider,
    model_id_raw,
    model_id,
    geo_scope,
    service_tier,
    token_kind,
    unpriced_reason,
    price_ambiguity,
    tokens,
    uncosted_tokens,
    first_usage_date,
    last_usage_date,
    case
        when unpriced_reason in ('unknown_model', 'unmapped_inference_profile') then 'seeds/reference/model_aliases.csv'
        when unpriced_reason like 'ambiguous_%' or unpriced_reason = 'time_of_day' then 'contract_prices.csv'
        else 'seeds/reference/cited_prices.csv'
    end as file_to_edit,
    case
        when unpriced_reason = 'unmapped_inference_profile'
            then 'Add a row of kind exact: the ARN, and the model that GetInferenceProfile names: ' || provider || ',exact,' || lower(model_id_raw) || ',,<model_id>'
        when unpriced_reason = 'unknown_model' then 'Add a row of kind exact: ' || provider || ',exact,' || lower(coalesce(model_id_raw, '')) || ',,<model_id>'
        when unpriced_reason = 'ambiguous_geo_scope' then 'Say in the telemetry whether the call is routed global, geo or in_region; or add your own price for any scope'
        when unpriced_reason = 'ambiguous_region' then 'Say in the telemetry from which region the call is made; or add your own price, which holds for any region'
        when unpriced_reason = 'ambiguous_context_band' then 'Group the usage report by context_window; or add your own price, which holds for every band'
        when unpriced_reason = 'time_of_day' then 'The price changes inside an hour, and usage is known by the hour: add your own price, which holds for the whole day'
        else
            'Add the price and run make prices: ' || provider || ',' || model_id || ',' || case geo_scope when 'unknown' then 'any' else geo_scope end || ',,' || service_tier
            || ',0,' || token_kind || ',<USD per million>,' || cast(first_usage_date as varchar) || ',,<today>,,<page>,<comment>'
    end as suggestion
from grouped
