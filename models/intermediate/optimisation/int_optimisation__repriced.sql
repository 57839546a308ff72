-- Grain: one row per kind (batch, cross-region surcharge), workload and month: what the same tokens would have cost.
-- Batch: a workload outside sessions whose calls begin within eight hours of the day, on at least five days. Which eight is found, so that no time zone is assumed.
with

usage as (

    select * from {{ ref('int_optimisation__usage') }}

),

hours as (

    select
        workload_key,
        usage_hour,
        usage_date,
        cast(extract(hour from usage_hour) as integer) as hour_of_day,
        max(calls) as calls
    from usage
    where
        service_tier = 'standard'
        and not is_session
    group by workload_key, usage_hour, usage_date

),

starts as (

    select unnest(range(24)) as window_start

),

windows as (

    select
        hours.workload_key,
        starts.window_start,
        sum(case when (hours.hour_of_day - starts.window_start + 24) % 24 < 8 then hours.calls else 0 end) as calls_inside,
        sum(hours.calls) as calls,
        count(distinct hours.usage_date) as days
    from hours
    cross join starts
    group by hours.workload_key, starts.window_start

),

nightly as (

    select
        workload_key,
        min_by(window_start, -calls_inside * 100 + window_start) as window_start
    from windows
    where
        calls >= 50
        and days >= 5
    group by workload_key
    having max(calls_inside) >= 0.98 * max(calls)

),

-- A day with a call outside the window may have somebody waiting: the low figure leaves it out.
busy_days as (

    select distinct
        hours.workload_key,
        hours.usage_date
    from hours
    inner join nightly on hours.workload_key = nightly.workload_key
    where (hours.hour_of_day - nightly.window_start + 24) % 24 >= 8

),

batch as (

    select
        usage.*,
        {{ replayed_cost('usage.cost_reporting', 'usage.price_as_used', 'usage.price_batch') }} as replayed,
        (cast(extract(hour from usage.usage_hour) as integer) - nightly.window_start + 24) % 24 < 8 as is_inside,
        busy_days.usage_date is null as is_quiet_day,
        'calls of ' || cast(nightly.window_start as varchar) || ':00 to ' || cast((nightly.window_start + 8) % 24 as varchar) || ':00 UTC' as evidence
    from usage
    inner join nightly on usage.workload_key = nightly.workload_key
    left join busy_days
        on
            usage.workload_key = busy_days.workload_key
            and usage.usage_date = busy_days.usage_date

),

-- Features of the same account that already let calls leave the geography show that nobody forbids it.
global_accounts as (

    select distinct
        provider,
        account_id,
        team,
        feature
    from usage
    where geo_scope = 'global'

),

surcharge as (

    select
        usage.*,
        {{ replayed_cost('usage.cost_reporting', 'usage.price_as_used', 'usage.price_global') }} as replayed,
        global_accounts.feature is not null as is_already_global
    from usage
    left join global_accounts
        on
            usage.provider = global_accounts.provider
            and usage.account_id is not distinct from global_accounts.account_id
            and usage.team = global_accounts.team
            and usage.feature = global_accounts.feature
    where usage.geo_scope = 'geo'

)

{% for kind, relation, low, likely in [
    ('batch', 'batch', 'is_inside and is_quiet_day', 'is_inside'),
    ('cross_region', 'surcharge', 'is_already_global', 'true'),
] -%}
select
    '{{ kind }}' as kind,
    'inference' as layer,
    provider,
    account_id as sub_account_id,
    region as region_id,
    model_id || ' ' || geo_scope || case when is_session then ' in sessions' else '' end as subject,
    team,
    feature,
    billing_month,
    team || '|' || feature as overlap_key,
    {{ 'max(evidence)' if kind == 'batch' else "'calls of a geographic profile where a global one has a lower price'" }} as evidence,
    count(*) as evidence_rows,
    cast(sum(cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(case when {{ low }} then cost_reporting - replayed else 0 end) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(case when {{ likely }} then cost_reporting - replayed else 0 end) as decimal(38, 12)) as saving_reporting,
    cast(sum(cost_reporting - replayed) as decimal(38, 12)) as saving_high_reporting
from {{ relation }}
group by provider, account_id, region, model_id, geo_scope, is_session, team, feature, billing_month
having sum(cost_reporting - replayed) > 0
{{ 'union all' if not loop.last }}
{% endfor %}
