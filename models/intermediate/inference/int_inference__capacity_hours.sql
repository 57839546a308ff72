-- Grain: one row per key level, match key and hour in which capacity was paid for, with the input tokens it could have served; null where nobody says.
-- A line looks for its use at the best level at which the month has any; without use it has no hours here and stays unallocated, unless the policy file names its resource: then it stood idle.
with

pools as (

    select
        *,
        date_trunc('month', usage_date) as usage_month
    from {{ ref('int_charges__pools') }}
    where
        driver_family = 'throughput'
        and not is_unused_commitment

),

used_keys as (

    select
        key_level,
        match_key,
        date_trunc('month', usage_date) as usage_month,
        case when count(distinct model_id) = 1 then any_value(model_id) end as only_model_id
    from {{ ref('int_inference__capacity_keys') }}
    group by all

),

policies as (

    select *
    from {{ ref('stg_policy__provisioned_capacity') }}
    where x_quarantine_reason is null

),

named as (

    select distinct resource_key
    from policies
    where resource_key is not null

),

pool_keys as (

    {% for level in range(1, 4) -%}
    select
        pools.pool_id,
        {{ level }} as key_level,
        pools.match_key_{{ level }} as match_key,
        pools.usage_month
    from pools
    where pools.match_key_{{ level }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

levels as (

    select
        pool_keys.pool_id,
        min(pool_keys.key_level) as key_level,
        min_by(pool_keys.match_key, pool_keys.key_level) as match_key,
        min_by(used_keys.only_model_id, pool_keys.key_level) as only_model_id
    from pool_keys
    left join used_keys
        on
            pool_keys.key_level = used_keys.key_level
            and pool_keys.match_key = used_keys.match_key
            and pool_keys.usage_month = used_keys.usage_month
    left join pools on pool_keys.pool_id = pools.pool_id
    left join named on pools.resource_key = named.resource_key
    where
        used_keys.match_key is not null
        or (pool_keys.key_level = 1 and named.resource_key is not null)
    group by pool_keys.pool_id

),

placed as (

    select
        pools.*,
        levels.key_level,
        levels.match_key,
        coalesce(pools.model_id, levels.only_model_id) as served_model_id
    from pools
    inner join levels on pools.pool_id = levels.pool_id

),

-- Your own measurement of the resource, else of the model in the account, else what the provider publishes.
stated_rates as (

    select
        placed.pool_id,
        min_by(policies.tokens_per_minute_per_unit, case when policies.resource_key is null then 1 else 0 end) as tokens_per_minute_per_unit
    from placed
    inner join policies
        on
            placed.provider = policies.provider
            and policies.tokens_per_minute_per_unit is not null
            and (policies.resource_key is null or placed.resource_key = policies.resource_key)
            and (policies.account_id is null or {{ match_key(['placed.account_key']) }} = policies.account_id)
            and (policies.resource_key is not null or policies.model_id is null or lower(placed.served_model_id) = policies.model_id)
            and placed.usage_date >= policies.valid_from
            and placed.usage_date < policies.valid_to
    group by placed.pool_id

),

rated as (

    select
        placed.*,
        -- Units times hours, times what a unit serves in a minute, times sixty: what could be served in all of the period. Reserved tokens are bought in tokens per minute.
        cast(case
            when placed.metered_unit = 'tpm_hours' then placed.metered_quantity * 60
            when placed.metered_unit = 'hours' then placed.metered_quantity * 60 * coalesce(stated_rates.tokens_per_minute_per_unit, rates.input_tokens_per_minute_per_unit)
        end as decimal(38, 12)) as period_tokens
    from placed
    left join stated_rates on placed.pool_id = stated_rates.pool_id
    left join {{ ref('provisioned_throughput_rates') }} as rates
        on
            placed.provider = rates.provider
            and placed.served_model_id = rates.model_id
            and placed.usage_date >= coalesce(rates.valid_from, date '1900-01-01')
            and placed.usage_date < coalesce(rates.valid_to, date '9999-12-31')

),

hours as (

    {{ explode_hours('rated', 'period_start', 'period_end', ['pool_id', 'key_level', 'match_key', 'period_tokens']) }}

),

timed as (

    select
        *,
        sum(seconds) over (partition by pool_id) as period_seconds
    from hours

)

select
    key_level,
    match_key,
    usage_hour,
    max(seconds) as seconds,
    case
        when count(*) = count(period_tokens)
            then cast(sum({{ mul_div('period_tokens', 'cast(seconds * 1000000 as decimal(38, 0))', 'cast(period_seconds * 1000000 as decimal(38, 0))') }}) as decimal(38, 6))
    end as capacity_tokens
from timed
group by all
