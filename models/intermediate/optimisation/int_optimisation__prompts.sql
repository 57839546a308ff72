-- Grain: one row per workload that sends nearly the same uncached prompt with every call, and month: what caching it for an hour would have cost instead.
-- No text is read. That a prefix repeats is told by sizes: every call outside sessions sends at least four fifths of the mean. The smallest call bounds the prefix from above.
-- By the hour two bounds are sure: in an active hour at most one call writes the one-hour cache, and after an hour without calls at least one does.
with

usage as (

    select *
    from {{ ref('int_optimisation__usage') }}
    where
        service_tier = 'standard'
        and not is_session

),

-- The smallest call and the mean of each workload; a workload that caches already is none of ours.
prefixes as (

    select
        groups.provider,
        groups.account_id,
        groups.region,
        groups.geo_scope,
        rates.model_id,
        rates.team,
        rates.feature,
        min(groups.smallest_prompt_tokens) as prefix_tokens,
        sum(groups.input_tokens - groups.retrieved_context_tokens) / sum(groups.calls - groups.failed_calls - groups.gateway_cached_calls) as mean_tokens
    from {{ ref('int_inference__usage_hourly') }} as groups
    inner join {{ ref('int_inference__group_rates') }} as rates on groups.usage_group_key = rates.usage_group_key
    where
        groups.service_tier = 'standard'
        and groups.agent_session_id is null
        and groups.smallest_prompt_tokens is not null
        and rates.cost_basis = 'billed'
        and rates.layer = 'inference'
    group by groups.provider, groups.account_id, groups.region, groups.geo_scope, rates.model_id, rates.team, rates.feature
    -- Prefixes below 1,024 tokens are cached by no provider.
    having
        min(groups.smallest_prompt_tokens) >= 1024
        and min(groups.smallest_prompt_tokens) >= 0.8 * sum(groups.input_tokens - groups.retrieved_context_tokens) / sum(groups.calls - groups.failed_calls - groups.gateway_cached_calls)
        and sum(groups.calls - groups.failed_calls - groups.gateway_cached_calls) >= 100
        and sum(groups.cache_read_tokens + groups.cache_write_5m_tokens + groups.cache_write_1h_tokens) = 0

),

hours as (

    select
        usage.*,
        prefixes.prefix_tokens,
        -- What is sure not to vary: the smallest call less what the mean lies above it.
        cast(greatest(2 * prefixes.prefix_tokens - prefixes.mean_tokens, 0) as bigint) as sure_tokens,
        lag(usage.usage_hour) over (partition by usage.workload_key order by usage.usage_hour) as previous_hour,
        lag(usage.calls) over (partition by usage.workload_key order by usage.usage_hour) as previous_calls
    from usage
    inner join prefixes
        on
            usage.provider = prefixes.provider
            and usage.account_id is not distinct from prefixes.account_id
            and usage.region is not distinct from prefixes.region
            and usage.geo_scope = prefixes.geo_scope
            and usage.model_id = prefixes.model_id
            and usage.team = prefixes.team
            and usage.feature = prefixes.feature
    where
        usage.token_kind = 'input'
        and usage.price_cache_read is not null
        and usage.price_cache_write_1h is not null
        and usage.price_as_used is not null

),

written as (

    select
        *,
        previous_hour is null or previous_hour < usage_hour - interval 1 hour as is_cold,
        previous_calls + calls as calls_of_both
    from hours

),

-- Writes in thousandths. Calls that fall anywhere in their hours are an hour apart when all of the earlier hour come before all of this one, on the clock of the hour: with one
-- call on a side that is one chance in the number of calls, with two or more at most one in the number of pairs.
counted as (

    select
        *,
        1000 as writes_low,
        case
            when is_cold then 1000
            when least(previous_calls, calls) = 1 then cast(floor(1000 / calls_of_both) as bigint)
            else cast(floor(2000 / (calls_of_both * (calls_of_both - 1))) as bigint)
        end as writes_likely,
        case when is_cold then 1000 else 0 end as writes_high
    from written

),

-- Tokens at list: reads and writes instead of plain input, then at the discount of the bill.
replayed as (

    select
        *,
        {{ cached_prompt_saving('sure_tokens', 'writes_low') }} as saving_low,
        {{ cached_prompt_saving('prefix_tokens', 'writes_likely') }} as saving_likely,
        {{ cached_prompt_saving('prefix_tokens', 'writes_high') }} as saving_high
    from counted

)

select
    'prompt_caching' as kind,
    'inference' as layer,
    provider,
    account_id as sub_account_id,
    region as region_id,
    model_id || ' ' || geo_scope as subject,
    team,
    feature,
    billing_month,
    team || '|' || feature as overlap_key,
    'about ' || cast(max(prefix_tokens) as varchar) || ' tokens repeated; an hour''s cache pays from '
    || cast(max(cast(ceil((price_cache_write_1h - price_cache_read) / (price_as_used - price_cache_read)) as bigint)) as varchar) || ' calls on, a five minutes'' one from '
    || coalesce(cast(max(cast(ceil((price_cache_write_5m - price_cache_read) / (price_as_used - price_cache_read)) as bigint)) as varchar), '?') as evidence,
    count(*) as evidence_rows,
    cast(sum(cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(saving_low) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(saving_likely) as decimal(38, 12)) as saving_reporting,
    cast(sum(saving_high) as decimal(38, 12)) as saving_high_reporting
from replayed
group by provider, account_id, region, model_id, geo_scope, team, feature, billing_month
having sum(saving_likely) > 0
