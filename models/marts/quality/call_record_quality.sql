-- Grain: one row per day, provider and source of telemetry.
-- How often calls were logged, and which of the records bill nothing, bill less or can not be trusted: to be looked at before a number is.
with

records as (

    select
        cast(started_at as date) as usage_date,
        provider,
        x_source,
        count(*) as records,
        sum(case when is_repeating_span then 1 else 0 end) as repeating_spans,
        sum(case when is_repeated and not is_repeating_span then 1 else 0 end) as repeated_records
    from {{ ref('int_inference__records') }}
    group by all

),

-- The day of the record that speaks, so that what it leaves behind can be counted day by day.
speakers as (

    select
        record_date as usage_date,
        provider,
        x_source,
        count(*) as speaking_records
    from {{ ref('int_inference__repeated_calls') }}
    group by all

),

calls as (

    select
        usage_date,
        provider,
        x_source,
        sum(request_count) as calls,
        sum(case when attempt_number > 1 then request_count else 0 end) as retried_calls,
        sum(case when status = 'error' then request_count else 0 end) as failed_calls,
        sum(
            case
                when status = 'error' and input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens > 0 then request_count
                else 0
            end
        ) as failed_calls_with_tokens,
        sum(case when is_gateway_cache_hit then request_count else 0 end) as gateway_cached_calls,
        sum(case when service_tier = 'batch' then request_count else 0 end) as batch_calls,
        sum(case when not tokens_reconcile then request_count else 0 end) as unreconciled_calls,
        sum(case when token_convention = 'ambiguous' then request_count else 0 end) as ambiguous_calls,
        sum(case when inference_profile_arn = model_id_raw and geo_scope = 'unknown' then request_count else 0 end) as unmapped_profile_calls,
        sum(cache_write_unknown_tokens) as cache_write_unknown_tokens
    from {{ ref('int_inference__calls') }}
    group by all

)

-- Full joins: a call may count on a day before the record that speaks for it.
select
    coalesce(records.usage_date, speakers.usage_date, calls.usage_date) as usage_date,
    coalesce(records.provider, speakers.provider, calls.provider) as provider,
    coalesce(records.x_source, speakers.x_source, calls.x_source) as x_source,
    coalesce(records.records, 0) as records,
    cast(coalesce(records.repeating_spans, 0) + coalesce(records.repeated_records, 0) - coalesce(speakers.speaking_records, 0) as bigint) as duplicate_records,
    {% for column in [
        'calls', 'retried_calls', 'failed_calls', 'failed_calls_with_tokens', 'gateway_cached_calls', 'batch_calls', 'unreconciled_calls', 'ambiguous_calls',
        'unmapped_profile_calls',
    ] -%}
    cast(coalesce(calls.{{ column }}, 0) as bigint) as {{ column }},
    {% endfor -%}
    cast(coalesce(calls.cache_write_unknown_tokens, 0) as bigint) as cache_write_unknown_tokens
from records
full join speakers
    on
        records.usage_date = speakers.usage_date
        and records.provider is not distinct from speakers.provider
        and records.x_source = speakers.x_source
full join calls
    on
        coalesce(records.usage_date, speakers.usage_date) = calls.usage_date
        and coalesce(records.provider, speakers.provider) is not distinct from calls.provider
        and coalesce(records.x_source, speakers.x_source) = calls.x_source
