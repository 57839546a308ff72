-- Grain: one row per billing account, currency, month, resource, sub account, service and owner of usage, wherever the ladder placed it.
-- Conserves: the effective cost of all usage and of unused commitments. Usage nobody could place is here too, as unallocated: what follows it is as unowned as it is.
with

placed as (

    {% for model in ['direct', 'metered', 'idle', 'shared'] -%}
    select
        pool_id,
        team,
        feature,
        environment,
        effective_cost
    from {{ ref('int_allocation__' ~ model) }}
    {% if model == 'metered' %}where allocation_step <> 'idle'
    {% endif -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    pools.provider,
    pools.billing_account_id,
    pools.billing_currency,
    date_trunc('month', pools.usage_date) as charge_month,
    pools.resource_key,
    pools.sub_account_id,
    pools.service_name,
    coalesce(placed.team, 'unallocated') as team,
    coalesce(placed.feature, 'unallocated') as feature,
    placed.environment,
    cast(sum(coalesce(placed.effective_cost, pools.effective_cost)) as decimal(38, 12)) as effective_cost
from {{ ref('int_charges__pools') }} as pools
left join placed on pools.pool_id = placed.pool_id
where
    pools.x_charge_kind = 'usage'
    or pools.is_unused_commitment
group by all
