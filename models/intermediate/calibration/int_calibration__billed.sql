-- Grain: one row per bill key (provider, account, model, token kind, tier, routing) and period the bill states it for, no finer than a day.
-- Conserves: every amount of the token pools. A quantity nobody can read, or that the bill does not say, leaves its money in unread_cost.
with

pools as (

    select
        *,
        case when pool_grain in ('hour', 'day') then usage_date else cast(period_start as date) end as starts_on,
        case when pool_grain in ('hour', 'day') then cast(usage_date + interval '1' day as date) else cast(period_end as date) end as ends_before,
        coalesce(metered_quantity is null or metered_unit <> 'tokens', true) as is_unread
    from {{ ref('int_charges__pools') }}
    where driver_family = 'tokens'

)

select
    starts_on as usage_date,
    ends_before as period_end_date,
    cast(date_trunc('month', starts_on) as date) as usage_month,
    pool_grain not in ('hour', 'day') as is_longer_than_a_day,
    provider,
    {{ match_key(['account_key']) }} as account_id,
    model_id,
    token_kind,
    service_tier,
    routing,
    case when count(distinct billing_currency) = 1 then any_value(billing_currency) end as billing_currency,
    case when count(distinct billing_currency) = 1 then cast(sum(billed_cost) as decimal(38, 12)) end as billed_cost,
    case when count(distinct billing_currency) = 1 then cast(sum(effective_cost) as decimal(38, 12)) end as effective_cost,
    cast(sum(billed_cost_reporting) as decimal(38, 12)) as billed_cost_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
    cast(sum(case when is_unread then effective_cost_reporting else 0 end) as decimal(38, 12)) as unread_cost,
    max(case when is_unread then 1 else 0 end) = 1 as has_unread_quantity,
    cast(sum(case when is_unread then 0 else metered_quantity end) as decimal(38, 6)) as tokens
from pools
group by all
