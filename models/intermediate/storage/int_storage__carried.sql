-- Grain: one row per billing month, provider, account, kind of charge, resource, part of it, carry state, owner and currency.
-- Conserves: every amount of the storage pools of int_charges__pools, billed and effective, in both currencies; what no inventory covers is a row that says so.
with

paid as (

    select
        {{ surrogate_key(['billing_month', 'provider', 'account_key', 'driver_kind', 'resource_key', 'billing_currency', 'owner_team', 'owner_feature']) }} as paid_id,
        billing_month,
        provider,
        account_key,
        driver_kind,
        resource_key,
        billing_currency,
        owner_team,
        owner_feature,
        {{ sum_carried() }}
    from {{ ref('int_charges__pools') }}
    where layer = 'storage'
    group by all

),

last_days as (

    select
        date_trunc('month', usage_hour) as usage_month,
        driver_kind,
        resource_id,
        max(usage_hour) as last_day
    from {{ ref('int_storage__usage_daily') }}
    group by all

),

kept as (

    select
        cast(date_trunc('month', usage.usage_hour) as date) as usage_month,
        usage.provider,
        {{ resource_key('usage.account_id') }} as account_key,
        usage.driver_kind,
        usage.resource_id,
        usage.part,
        usage.carry_state,
        owners.team,
        owners.feature,
        cast(sum(usage.units) as decimal(38, 6)) as units,
        cast(coalesce(sum(usage.units) filter (where usage.usage_hour = last_days.last_day), 0) as decimal(38, 6)) as last_day_units
    from {{ ref('int_storage__usage_daily') }} as usage
    left join last_days
        on
            date_trunc('month', usage.usage_hour) = last_days.usage_month
            and usage.driver_kind = last_days.driver_kind
            and usage.resource_id = last_days.resource_id
    left join {{ ref('int_ownership__usage_owners') }} as owners
        on
            usage.owner_key = owners.owner_key
            and cast(usage.usage_hour as date) = owners.usage_date
    group by all

),

matched as (

    select
        paid.*,
        kept.part,
        case
            when paid.resource_key is null then 'no_resource_on_bill'
            when kept.units is null then 'not_inventoried'
            else kept.carry_state
        end as carry_state,
        coalesce(paid.owner_team, kept.team, 'unallocated') as team,
        coalesce(paid.owner_feature, kept.feature, 'unallocated') as feature,
        kept.units,
        kept.last_day_units,
        coalesce(kept.units, 1) as split_units,
        sum(coalesce(kept.units, 1)) over (partition by paid.paid_id) as split_total,
        row_number() over (partition by paid.paid_id order by kept.units desc, kept.part asc, kept.carry_state asc, kept.team asc, kept.feature asc) as share_rank
    from paid
    left join kept
        on
            paid.billing_month = kept.usage_month
            and paid.provider = kept.provider
            and paid.account_key = kept.account_key
            and paid.driver_kind = kept.driver_kind
            and paid.resource_key = kept.resource_id

),

shares as (

    select
        {% for amount in carried_amounts() -%}
        {{ mul_div(amount, 'cast(split_units * 1000000 as decimal(38, 0))', 'cast(split_total * 1000000 as decimal(38, 0))') }} as share_{{ amount }},
        {% endfor -%}
        *
    from matched

),

remainders as (

    select
        {% for amount in carried_amounts() -%}
        any_value({{ amount }}) - sum(share_{{ amount }}) as left_{{ amount }},
        {% endfor -%}
        paid_id
    from shares
    group by paid_id

)

select
    shares.billing_month,
    shares.provider,
    shares.account_key as sub_account_id,
    shares.driver_kind,
    shares.resource_key as resource_id,
    shares.part,
    shares.carry_state,
    shares.team,
    shares.feature,
    shares.billing_currency,
    shares.paid_id,
    {% for amount in carried_amounts() -%}
    cast(shares.share_{{ amount }} + case when shares.share_rank = 1 then remainders.left_{{ amount }} else 0 end as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    shares.units,
    shares.last_day_units
from shares
left join remainders on shares.paid_id = remainders.paid_id
