{{ config(materialized='view') }}
-- Grain: one row per billable call, and per bucket of a usage API or metric that counts where there are no call logs: all use that costs may follow, with its context band and
-- the group of use it is counted in.
with

unioned as (

    select
        {{ call_record_columns() | join(',\n        ') }},
        usage_hour,
        usage_date,
        records,
        is_amplified
    from {{ ref('int_inference__calls') }}
    union all
    select
        {% for column in call_record_columns() -%}
        {% if column == 'call_id' -%}
        bucket_id as call_id,
        {% elif column == 'record_kind' -%}
        'bucket' as record_kind,
        {% elif column == 'request_count' -%}
        requests as request_count,
        {% elif column == 'status' -%}
        'ok' as status,
        {% elif column == 'is_gateway_cache_hit' -%}
        false as is_gateway_cache_hit,
        {% elif column in bucket_columns() -%}
        {{ column }},
        {% elif column == 'retrieved_context_tokens' -%}
        cast(0 as bigint) as retrieved_context_tokens,
        {% else -%}
        {{ absent_call_columns([column]) }},
        {% endif -%}
        {% endfor -%}
        usage_hour,
        usage_date,
        cast(1 as bigint) as records,
        false as is_amplified
    from {{ ref('int_inference__buckets') }}
    where is_counted

),

-- Few models have more than one band, and few calls are long: a call without a partner here is in the base band.
bands as (

    select distinct
        logged.provider,
        logged.model_id_raw,
        context_bands.context_min_tokens,
        context_bands.next_context_min_tokens
    from {{ ref('int_inference__logged_daily') }} as logged
    inner join {{ ref('int_inference__context_bands') }} as context_bands
        on
            logged.provider = context_bands.provider
            and logged.model_id = context_bands.model_id

),

-- A long request is repriced whole, so the band is the call's: found by its whole input, cached tokens included. A sum of calls has no length; it tells its band or none.
banded as (

    select
        unioned.*,
        case when unioned.record_kind = 'bucket' then {{ stated_context_band('unioned.tags') }} else coalesce(bands.context_min_tokens, 0) end as context_min_tokens
    from unioned
    left join bands
        on
            unioned.provider = bands.provider
            and unioned.model_id_raw = bands.model_id_raw
            and unioned.input_tokens + unioned.cache_read_tokens + unioned.cache_write_5m_tokens + unioned.cache_write_1h_tokens >= bands.context_min_tokens
            and unioned.input_tokens + unioned.cache_read_tokens + unioned.cache_write_5m_tokens + unioned.cache_write_1h_tokens < bands.next_context_min_tokens

)

-- The group as one number: what a call costs is a share of what its group cost.
select
    *,
    {{ usage_group_key() }} as usage_group_key
from banded
