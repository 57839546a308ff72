-- Grain: one row per UTC day, provider, account and model of the call logs, with what their calls used. The one further pass over calls: what is compared with buckets is small.
with

calls as (

    select * from {{ ref('int_inference__calls') }}
    where not is_gateway_cache_hit

),

daily as (

    select
        usage_date,
        provider,
        account_id,
        model_id_raw,
        max(inference_profile_arn) as inference_profile_arn,
        cast(sum(request_count) as bigint) as requests,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
        cast(sum(cache_write_5m_tokens) as bigint) as cache_write_5m_tokens,
        cast(sum(cache_write_1h_tokens) as bigint) as cache_write_1h_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens
    from calls
    group by usage_date, provider, account_id, model_id_raw

),

models as (

    {{ resolve_model('(select distinct provider, model_id_raw from daily)', names_only=true) }}

)

select
    daily.*,
    models.model_id,
    -- Null where the name says nothing about the model: an opaque profile or deployment.
    coalesce(models.model_id, case when daily.inference_profile_arn is null then lower(daily.model_id_raw) end) as model_key
from daily
left join models
    on
        daily.provider = models.provider
        and daily.model_id_raw = models.model_id_raw
