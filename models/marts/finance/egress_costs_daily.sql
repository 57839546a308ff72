-- Grain: one row per day, provider, account, region, path, consumer, avoidable or not, reason and currency.
-- Conserves: every amount of the egress layer; avoidable cost is a part of a row of the ledger, by bytes.
with

ladder as (

    select
        ladder.*,
        pools.usage_date,
        pools.billing_month,
        pools.provider,
        pools.sub_account_id,
        pools.region_id,
        pools.driver_kind as path,
        pools.billing_currency,
        ladder.driver = 'bytes' and ladder.memo_units > 0 and ladder.driver_units > 0 as is_cut
    from {{ ref('int_allocation__ladder') }} as ladder
    left join {{ ref('int_charges__pools') }} as pools on ladder.pool_id = pools.pool_id
    where pools.layer = 'egress'

),

cut as (

    select
        {% for amount in carried_amounts() -%}
        case
            when is_cut then {{ mul_div(amount, 'cast(memo_units as decimal(38, 0))', 'cast(driver_units as decimal(38, 0))') }}
            else cast(0 as decimal(38, 12))
        end as avoidable_{{ amount }},
        {% endfor -%}
        *
    from ladder

),

parts as (

    {% for is_avoidable in [true, false] -%}
    select
        {% for amount in carried_amounts() -%}
        {{ 'avoidable_' ~ amount if is_avoidable else amount ~ ' - avoidable_' ~ amount }} as {{ amount }},
        {% endfor -%}
        * exclude ({{ carried_amounts() | join(', ') }}),
        {{ is_avoidable }} as is_avoidable,
        {{ 'memo_units' if is_avoidable else 'driver_units - case when is_cut then memo_units else 0 end' }} as part_units
    from cut
    {% if is_avoidable %}where is_cut
    union all
    {% else %}where coalesce(not is_cut or memo_units < driver_units, true){% endif %}
    {% endfor %}

)

select
    usage_date,
    billing_month,
    provider,
    sub_account_id,
    region_id,
    path,
    case path when 'internet' then 'out' when 'inter_region' then 'out' when 'inter_az' then 'both' when 'nat_bytes' then 'both' end as direction,
    team,
    feature,
    allocation_step,
    is_avoidable,
    case when is_avoidable then 'gateway_endpoint_is_free' else reason end as reason,
    billing_currency,
    cast(sum(case when driver = 'bytes' then part_units end) as decimal(38, 0)) as bytes,
    {{ sum_carried() }}
from parts
group by all
