-- Grain: one row per pool: the charges that share provider, accounts, resource, SKU, period, currency, category and evidence of ownership.
-- Conserves: every amount of int_charges__pooled.
with

charges as (

    select * from {{ ref('int_charges__pooled') }}

),

pools as (

    select
        pool_id,
        {% for column in [
            'x_source', 'provider', 'billing_account_id', 'sub_account_id', 'service_name', 'region_id', 'resource_id', 'charge_category', 'billing_currency',
            'layer', 'driver_kind', 'driver_family', 'model_id', 'token_kind', 'service_tier', 'routing', 'instance_type', 'sku_id', 'consumed_unit',
            'owner_key', 'is_unused_commitment', 'pool_grain', 'x_line_item_type',
            'x_charge_kind', 'charge_class', 'x_entry_kind', 'x_original_billing_month',
        ] -%}
        any_value({{ column }}) as {{ column }},
        {% endfor -%}
        {% for amount in money_columns() -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        any_value(billing_period_start) as billing_period_start,
        any_value(charge_period_start) as period_start,
        any_value(charge_period_end) as period_end,
        count(*) as charges,
        sum(consumed_quantity) as consumed_quantity,
        -- Of a pool in which one line's quantity can not be read none of it is: half a quantity beside a whole cost would be a rate.
        case when count(*) = count(metered_quantity) then sum(metered_quantity) end as metered_quantity,
        any_value(metered_unit) as metered_unit
    from charges
    group by pool_id

),

-- Who the pool's lines name by themselves, on the day of the charge.
owned as (

    select
        pools.*,
        -- A rule may say that what carries an owner's tag is shared (team 'shared'): then telemetry splits it.
        case when owners.team = 'shared' then null else owners.team end as owner_team,
        owners.feature as owner_feature,
        owners.environment as owner_environment,
        owners.workload as owner_workload,
        owners.rule_id as owner_rule_id
    from pools
    left join {{ ref('int_ownership__charge_owners') }} as owners
        on
            pools.owner_key = owners.owner_key
            and cast(pools.period_start as date) >= owners.valid_from
            and cast(pools.period_start as date) < owners.valid_to

),

-- A search floor with no queries looks, last, for the stored indexes that keep it alive.
floored as (

    select
        *,
        {{ resource_key('resource_id') }} as resource_key,
        {{ resource_key('sub_account_id') }} as account_key,
        case when driver_family = 'retrieval' then 'vector_floor' end as driver_floor_kind,
        -- What a capacity line leaves open is open to whatever ran: PTU hours name no model, model units no kind of token.
        case when driver_family = 'throughput' then coalesce(model_id, 'any') end as capacity_model,
        case when driver_family = 'throughput' then coalesce(token_kind, 'any') end as capacity_kind,
        case when driver_family = 'throughput' then coalesce({{ resource_key('sub_account_id') }}, 'any') end as capacity_account,
        -- A line that names its bucket, volume or node is never split by what other buckets, volumes or nodes did.
        -- Gateways and search capacity name a resource that everybody behind it uses.
        resource_id is null
        or driver_family in ('tokens', 'throughput')
        or driver_kind in ('nat_bytes', 'nat_hours', 'vector_search', 'vector_index', 'rerank') as has_coarse_keys
    from owned

),

-- The level at which the driver is the line's own: a line that names no resource is exact at its account and region.
graded as (

    select
        *,
        case
            when driver_family = 'throughput' and resource_id is null then 2
            when
                driver_family in ('retrieval', 'storage', 'egress')
                and (resource_id is null or driver_kind in ('nat_bytes', 'nat_hours', 'vector_search', 'vector_index', 'rerank')) then 2
            else 1
        end as exact_key_level
    from floored

),

keyed as (

    select
        *,
        {% for level in range(1, 4) -%}
        case
            {% if level > 1 %}when not has_coarse_keys then null{% endif %}
            {% for family, levels in pool_match_keys().items() -%}
            when driver_family = '{{ family }}' then {{ match_key(levels[level - 1]) }}
            {% endfor -%}
        end as match_key_{{ level }},
        {% endfor -%}
        {{ billing_month('billing_period_start') }} as billing_month,
        cast(period_start as date) as usage_date
    from graded

)

select * from keyed
