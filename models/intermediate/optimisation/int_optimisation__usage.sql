-- Grain: one row per hour, bill key, owner, kind of use (session or not) and token kind of billed inference: tokens, what the bill took for them, and list prices as used and under each change.
-- Conserves: the billed cost of the groups of int_inference__group_rates. A change never made keeps the discount: it costs the billed amount times new list price over old.
with

usage as (

    select * from {{ ref('int_inference__usage_hourly') }}

),

rates as (

    select *
    from {{ ref('int_inference__group_rates') }}
    where cost_basis = 'billed'

),

long as (

    {% for kind in billed_token_kinds() -%}
    select
        usage.usage_hour,
        usage.provider,
        usage.account_id,
        usage.region,
        usage.geo_scope,
        rates.model_id,
        usage.service_tier,
        usage.context_min_tokens,
        rates.team,
        rates.feature,
        usage.agent_session_id is not null as is_session,
        '{{ kind }}' as token_kind,
        cast(sum(rates.{{ kind }}_tokens) as bigint) as tokens,
        -- Calls that were billed at all: a failed one has no prefix to cache and nothing to wait for.
        cast(sum(usage.calls - usage.failed_calls - usage.gateway_cached_calls) as bigint) as calls,
        {{ units_amount('sum(rates.' ~ kind ~ '_effective_units)') }} as cost_reporting
    from rates
    left join usage on rates.usage_group_key = usage.usage_group_key
    where rates.{{ kind }}_tokens > 0
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What each change would ask of the price book; a change that does not apply asks for what is.
changes as (

    select
        *,
        cast(usage_hour as date) as usage_date,
        case when service_tier = 'standard' and not is_session then 'batch' else service_tier end as batch_tier,
        case when geo_scope = 'geo' then 'global' else geo_scope end as global_scope,
        {{ surrogate_key(['provider', 'account_id', 'region', 'geo_scope', 'model_id', 'service_tier', 'team', 'feature', 'is_session']) }} as workload_key
    from long

),

asked as (

    {% for tier, scope, kind in [
        ('service_tier', 'geo_scope', 'token_kind'), ('batch_tier', 'geo_scope', 'token_kind'), ('service_tier', 'global_scope', 'token_kind'),
        ('service_tier', 'geo_scope', "'cache_read'"), ('service_tier', 'geo_scope', "'cache_write_1h'"), ('service_tier', 'geo_scope', "'cache_write_5m'"),
    ] -%}
    select
        usage_date,
        provider,
        model_id,
        {{ kind }} as token_kind,
        {{ tier }} as service_tier,
        {{ scope }} as geo_scope,
        region
    from changes
    where model_id is not null
    {{ 'union' if not loop.last }}
    {% endfor %}

),

prices as (

    {{ closest_price('asked') }}

)

select
    changes.usage_hour,
    changes.usage_date,
    cast(date_trunc('month', changes.usage_date) as date) as billing_month,
    changes.provider,
    changes.account_id,
    changes.region,
    changes.geo_scope,
    changes.model_id,
    changes.service_tier,
    changes.team,
    changes.feature,
    changes.is_session,
    changes.token_kind,
    changes.tokens,
    changes.calls,
    changes.cost_reporting,
    changes.workload_key,
    -- Long requests are billed by another band: their prices are left as they are, and so is what they cost.
    case when changes.context_min_tokens = 0 then prices_as_used.price_usd_per_token end as price_as_used,
    prices_batch.price_usd_per_token as price_batch,
    prices_global.price_usd_per_token as price_global,
    prices_cache_read.price_usd_per_token as price_cache_read,
    prices_cache_write_1h.price_usd_per_token as price_cache_write_1h,
    prices_cache_write_5m.price_usd_per_token as price_cache_write_5m
from changes
{% for name, tier, scope, kind in [
    ('as_used', 'service_tier', 'geo_scope', 'changes.token_kind'),
    ('batch', 'batch_tier', 'geo_scope', 'changes.token_kind'),
    ('global', 'service_tier', 'global_scope', 'changes.token_kind'),
    ('cache_read', 'service_tier', 'geo_scope', "'cache_read'"),
    ('cache_write_1h', 'service_tier', 'geo_scope', "'cache_write_1h'"),
    ('cache_write_5m', 'service_tier', 'geo_scope', "'cache_write_5m'"),
] -%}
left join prices as prices_{{ name }}
    on
        changes.usage_date = prices_{{ name }}.usage_date
        and changes.provider = prices_{{ name }}.provider
        and changes.model_id = prices_{{ name }}.model_id
        and {{ kind }} = prices_{{ name }}.token_kind
        and changes.{{ tier }} = prices_{{ name }}.service_tier
        and changes.{{ scope }} = prices_{{ name }}.geo_scope
        and changes.region is not distinct from prices_{{ name }}.region
{% endfor %}
