-- Grain: one row per row of int_inference__consumption that ran on capacity bought by the hour, with how that is known.
-- Known by the resource (a provisioned model's own id, or the policy file), by the tier the call says, or because the bill has no token line for the model in that account and month.
with

capacity as (

    select distinct
        provider,
        {{ match_key(['account_key']) }} as account_id
    from {{ ref('int_charges__pools') }}
    where driver_family = 'throughput'

),

token_lines as (

    select distinct
        provider,
        {{ match_key(['account_key']) }} as account_id,
        model_id,
        date_trunc('month', usage_date) as usage_month
    from {{ ref('int_charges__pools') }}
    where
        driver_family = 'tokens'
        and model_id is not null

),

usage as (

    select
        consumption.*,
        cast(consumption.usage_hour as date) as usage_date,
        {{ match_key(['consumption.account_id']) }} as account_match,
        {{ match_key(['consumption.region']) }} as region_match
    from {{ ref('int_inference__consumption') }} as consumption
    where consumption.provider in (select capacity.provider from capacity)

),

seen as (

    select distinct
        usage_date,
        provider,
        account_match,
        region_match,
        model_id,
        model_id_raw,
        service_tier
    from usage

),

-- The row that says most of the call: model, then account, then region; of equals the first of the file.
policies as (

    select
        seen.usage_date,
        seen.provider,
        seen.account_match,
        seen.region_match,
        seen.model_id_raw,
        seen.service_tier,
        min_by(
            coalesce(rules.resource_key, ''),
            case when rules.model_id is null then '1' else '0' end || case when rules.account_id is null then '1' else '0' end || case when rules.region is null then '1' else '0' end
            || lpad(cast(rules.x_source_row_number as varchar), 12, '0')
        ) as policy_resource
    from seen
    inner join {{ ref('stg_policy__provisioned_capacity') }} as rules
        on
            rules.x_quarantine_reason is null
            and seen.provider = rules.provider
            and (rules.account_id is null or seen.account_match = rules.account_id)
            and (rules.region is null or seen.region_match = rules.region)
            and (rules.model_id is null or lower(seen.model_id) = rules.model_id or lower(seen.model_id_raw) = rules.model_id)
            and seen.usage_date >= rules.valid_from
            and seen.usage_date < rules.valid_to
    group by all

),

known as (

    select
        seen.*,
        case
            when seen.model_id_raw like '%:provisioned-model/%' then {{ resource_key('seen.model_id_raw') }}
            else nullif(policies.policy_resource, '')
        end as resource_key,
        case
            when seen.model_id_raw like '%:provisioned-model/%' or policies.policy_resource is not null then 'resource'
            when seen.service_tier in ('provisioned', 'reserved') then 'tier'
            when seen.model_id is not null and accounts.provider is not null and token_lines.provider is null then 'no_token_line'
        end as capacity_evidence,
        coalesce(rates.cache_read_weight, 1) as cache_read_weight,
        coalesce(rates.output_weight, 1) as output_weight
    from seen
    left join policies
        on
            seen.usage_date = policies.usage_date
            and seen.provider = policies.provider
            and seen.account_match is not distinct from policies.account_match
            and seen.region_match is not distinct from policies.region_match
            and seen.model_id_raw is not distinct from policies.model_id_raw
            and seen.service_tier is not distinct from policies.service_tier
    left join capacity as accounts
        on
            seen.provider = accounts.provider
            and seen.account_match = accounts.account_id
    left join token_lines
        on
            seen.provider = token_lines.provider
            and seen.account_match = token_lines.account_id
            and seen.model_id = token_lines.model_id
            and date_trunc('month', seen.usage_date) = token_lines.usage_month
    left join {{ ref('provisioned_throughput_rates') }} as rates
        on
            seen.provider = rates.provider
            and seen.model_id = rates.model_id
            and seen.usage_date >= coalesce(rates.valid_from, date '1900-01-01')
            and seen.usage_date < coalesce(rates.valid_to, date '9999-12-31')

)

select
    usage.*,
    usage.account_id as account_key,
    usage.region as region_id,
    case when usage.service_tier = 'reserved' then 'reserved_throughput' else 'provisioned_throughput' end as driver_kind,
    known.resource_key,
    known.capacity_evidence,
    -- In input tokens, as capacity is measured; what is kept for one kind of token counts that kind.
    cast(case
        when usage.service_tier = 'reserved' then usage.tokens
        when usage.token_kind = 'output' then usage.tokens * known.output_weight
        when usage.token_kind = 'cache_read' then usage.tokens * known.cache_read_weight
        else usage.tokens
    end as decimal(38, 6)) as weighted_tokens
from usage
-- Every row of usage is in seen; what ran on no capacity leaves here and stays with the token lines.
inner join known
    on
        usage.usage_date = known.usage_date
        and usage.provider = known.provider
        and usage.account_match is not distinct from known.account_match
        and usage.region_match is not distinct from known.region_match
        and usage.model_id_raw is not distinct from known.model_id_raw
        and usage.service_tier is not distinct from known.service_tier
where known.capacity_evidence is not null
