-- Grain: one row per group of use and token kind, with its owner and the keys under which the ledger may have placed its cost.
-- Compact on purpose: between the ledger and the calls only numbers are joined.
with

usage as (

    select
        *,
        -- As int_inference__consumption says it; the bill's own line decides when there is one.
        case when operation in ('embeddings', 'embedding', 'rerank') then 'retrieval' else 'inference' end as layer,
        account_id as account_key,
        region as region_id
    from {{ ref('int_inference__usage_hourly') }}

),

by_kind as (

    {% for kind in billed_token_kinds() -%}
    select
        *,
        '{{ kind }}' as token_kind,
        {{ kind }}_tokens as tokens
    from usage
    where {{ kind }}_tokens > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

owned as (

    select
        by_kind.*,
        owners.team,
        owners.feature,
        owners.environment,
        owners.workload,
        owners.rule_id
    from by_kind
    left join {{ ref('int_ownership__usage_owners') }} as owners
        on
            by_kind.owner_key = owners.owner_key
            and cast(by_kind.usage_hour as date) = owners.usage_date

)

select
    usage_group_key,
    usage_hour,
    token_kind,
    tokens,
    coalesce(team, 'unallocated') as team,
    {% for level in range(1, 4) -%}
    {{ match_key(pool_match_keys()['tokens'][level - 1]) }} as match_key_{{ level }},
    {% endfor -%}
    {{ consumer_key() }} as consumer_key,
    {{ consumption_key() }} as consumption_key
from owned
