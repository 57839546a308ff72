-- Grain: one row per billing month, provider, account, kind of charge, resource, dataset, owner and currency.
-- Conserves: every amount of the storage layer, billed and effective.
with

carried as (

    select * from {{ ref('int_storage__carried') }}

),

datasets as (

    select
        billing_month,
        provider,
        sub_account_id,
        driver_kind,
        resource_id,
        part as dataset,
        team,
        feature,
        billing_currency,
        cast(case
            when driver_kind in ('object_storage', 'volume') then sum(last_day_units) * 1073741824
            when driver_kind = 'log_storage' then sum(last_day_units)
        end as decimal(38, 0)) as stored_bytes,
        cast(case
            when driver_kind in ('object_storage', 'volume') then sum(units) * 25769803776
            when driver_kind = 'log_storage' then sum(units) * 24
        end as decimal(38, 0)) as byte_hours,
        cast(case when driver_kind = 'log_ingest' then sum(units) end as decimal(38, 0)) as ingested_bytes,
        {{ sum_carried() }}
    from carried
    group by billing_month, provider, sub_account_id, driver_kind, resource_id, part, team, feature, billing_currency

)

select
    datasets.*,
    datasets.stored_bytes - earlier.stored_bytes as stored_bytes_growth,
    cast(datasets.effective_cost - earlier.effective_cost as decimal(38, 12)) as effective_cost_growth
from datasets
left join datasets as earlier
    on
        datasets.billing_month = earlier.billing_month + interval '1' month
        and datasets.provider is not distinct from earlier.provider
        and datasets.sub_account_id is not distinct from earlier.sub_account_id
        and datasets.driver_kind = earlier.driver_kind
        and datasets.resource_id is not distinct from earlier.resource_id
        and datasets.dataset is not distinct from earlier.dataset
        and datasets.team = earlier.team
        and datasets.feature = earlier.feature
        and datasets.billing_currency = earlier.billing_currency
