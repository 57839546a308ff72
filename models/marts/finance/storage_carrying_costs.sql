-- Grain: one row per billing month, provider, account, kind of charge, resource, dataset, carry state, owner and currency.
-- Conserves: every amount of the storage layer, billed and effective.
with

carried as (

    select * from {{ ref('int_storage__carried') }}

)

select
    billing_month,
    provider,
    sub_account_id,
    driver_kind,
    resource_id,
    part as dataset,
    carry_state,
    {{ one_of('carry_state', ['unread', 'checkpoint_past_policy', 'unattached', 'noncurrent_version', 'incomplete_upload']) }} as is_avoidable,
    team,
    feature,
    billing_currency,
    cast(case when driver_kind in ('object_storage', 'volume') then sum(units) end as decimal(38, 6)) as gib_days,
    {{ sum_carried() }}
from carried
group by billing_month, provider, sub_account_id, driver_kind, resource_id, part, carry_state, team, feature, billing_currency
