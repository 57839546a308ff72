-- Grain: one row per provider, billing month and epoch: the view of the month that was current when it, and each later month, was closed, and the one current today.
-- Epoch 0 posts in the month itself. What changed until a later month was closed posts in that later month; what changed since posts in the first month still open.
with

months as (

    select distinct
        provider,
        billing_month
    from {{ ref('int_charges__deliveries') }}

),

closes as (

    select
        billing_month,
        provider,
        closed_at
    from {{ ref('stg_policy__close') }}
    where x_quarantine_reason is null

),

-- A close that names the provider counts before one for everybody.
own_closes as (

    select
        months.provider,
        months.billing_month,
        coalesce(
            min(case when closes.provider is not null then closes.closed_at end),
            min(closes.closed_at)
        ) as closed_at
    from months
    inner join closes
        on
            months.billing_month = closes.billing_month
            and coalesce(closes.provider, months.provider) is not distinct from months.provider
    group by months.provider, months.billing_month

),

-- Every later close of the provider, whether or not it has a bill in that month.
later_closes as (

    select
        own_closes.provider,
        own_closes.billing_month,
        closes.billing_month as posted_month,
        min(closes.closed_at) as as_of
    from own_closes
    inner join closes
        on
            own_closes.billing_month < closes.billing_month
            and own_closes.closed_at < closes.closed_at
            and coalesce(closes.provider, own_closes.provider) is not distinct from own_closes.provider
    group by own_closes.provider, own_closes.billing_month, closes.billing_month

),

last_closes as (

    select
        own_closes.provider,
        own_closes.billing_month,
        max(coalesce(later_closes.posted_month, own_closes.billing_month)) as last_closed_month
    from own_closes
    left join later_closes
        on
            own_closes.provider is not distinct from later_closes.provider
            and own_closes.billing_month = later_closes.billing_month
    group by own_closes.provider, own_closes.billing_month

),

epochs as (

    select
        months.provider,
        months.billing_month,
        months.billing_month as posted_month,
        own_closes.closed_at as as_of
    from months
    left join own_closes
        on
            months.provider is not distinct from own_closes.provider
            and months.billing_month = own_closes.billing_month
    union all
    select
        provider,
        billing_month,
        posted_month,
        as_of
    from later_closes
    union all
    select
        provider,
        billing_month,
        cast(last_closed_month + interval '1' month as date) as posted_month,
        cast(null as timestamp) as as_of
    from last_closes

)

select
    provider,
    billing_month,
    posted_month,
    as_of,
    cast(row_number() over (partition by provider, billing_month order by as_of asc nulls last, posted_month asc) - 1 as integer) as epoch
from epochs
