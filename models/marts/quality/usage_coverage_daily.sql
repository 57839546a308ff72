-- Grain: one row per UTC day, provider, account, model and token kind of which a usage API or gateway metric tells sums.
-- Conserves: what the sums count, before it is decided whether they or the call logs are used. Both sides are kept: use that only one of them knows is a row.
-- Where one side does not say the account (or model) of a provider's day, that day is compared without it: a difference is then use, and never a missing name.
with

buckets as (

    select * from {{ ref('int_inference__buckets') }}
    -- Of two sums of one use the provider's own is compared with the logs.
    where coalesce(uncounted_reason, 'counted_from_call_logs') = 'counted_from_call_logs'

),

told as (

    select distinct
        provider,
        usage_date
    from buckets

),

logged as (

    select daily.*
    from {{ ref('int_inference__logged_daily') }} as daily
    inner join told  -- days without sums have nothing to be compared with
        on
            daily.provider = told.provider
            and daily.usage_date = told.usage_date

),

days as (

    select
        usage_date,
        provider,
        bool_and(account_id is not null) as has_accounts,
        bool_and(model_key is not null) as has_models
    from (
        {% for relation in ['buckets', 'logged'] -%}
        select
            usage_date,
            provider,
            account_id,
            model_key
        from {{ relation }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as named
    group by usage_date, provider

),

sides as (

    {% for kind in billed_token_kinds() -%}
    {% for relation in ['buckets', 'logged'] -%}
    select
        usage_date,
        provider,
        account_id,
        model_key,
        '{{ kind }}' as token_kind,
        {{ kind ~ '_tokens' if relation == 'buckets' else 'cast(0 as bigint)' }} as usage_api_tokens,
        {{ kind ~ '_tokens' if relation == 'logged' else 'cast(0 as bigint)' }} as call_log_tokens
    from {{ relation }}
    where {{ kind }}_tokens > 0
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        sides.usage_date,
        sides.provider,
        case when days.has_accounts then sides.account_id else 'unknown' end as account_id,
        case when days.has_models then sides.model_key else 'unknown' end as model_id,
        sides.token_kind,
        cast(sum(sides.usage_api_tokens) as bigint) as usage_api_tokens,
        cast(sum(sides.call_log_tokens) as bigint) as call_log_tokens
    from sides
    inner join days  -- made of both sides: every row has its day
        on
            sides.usage_date = days.usage_date
            and sides.provider = days.provider
    group by all

)

select
    usage_date,
    provider,
    account_id,
    model_id,
    token_kind,
    usage_api_tokens,
    call_log_tokens,
    usage_api_tokens - call_log_tokens as difference_tokens,
    case when usage_api_tokens > 0 then cast(usage_api_tokens - call_log_tokens as double) / usage_api_tokens end as difference_share,
    case
        when call_log_tokens = 0 then 'not_logged'
        when usage_api_tokens = 0 then 'not_in_usage_api'
        when usage_api_tokens > call_log_tokens then 'partly_logged'
        when usage_api_tokens < call_log_tokens then 'more_logged_than_used'
        else 'agrees'
    end as coverage
from compared
