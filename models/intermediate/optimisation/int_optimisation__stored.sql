-- Grain: one row per kind of store nobody needs as it is (unattached volumes, checkpoints past policy, old versions and broken uploads, unread objects), subject and month.
-- What stays is priced by a seed rate over the rate of what it is: the bill's own discount stays.
with

carried as (

    select *
    from {{ ref('storage_carrying_costs') }}
    where is_avoidable

),

-- What a careful owner would keep instead: a snapshot of a volume, the archive for objects.
kept_as as (

    select
        carried.*,
        case carried.carry_state
            when 'unattached' then 'unattached_volumes'
            when 'checkpoint_past_policy' then 'checkpoint_retention'
            when 'unread' then 'storage_class'
            else 'versions_and_uploads'
        end as kind,
        as_is.price_usd as price_as_is,
        instead.price_usd as price_instead
    from carried
    left join {{ ref('scenario_rates') }} as as_is
        on
            carried.provider = as_is.provider
            and case when carried.carry_state = 'unattached' then 'volume' else 'object_storage' end = as_is.name
    left join {{ ref('scenario_rates') }} as instead
        on
            carried.provider = instead.provider
            and case when carried.carry_state = 'unattached' then 'volume_snapshot' when carried.carry_state = 'unread' then 'object_infrequent' else 'object_archive' end = instead.name

),

storage as (

    select
        *,
        coalesce(
            {{ mul_div('effective_cost_reporting', 'cast((price_as_is - price_instead) * 1000000 as hugeint)', 'cast(price_as_is * 1000000 as hugeint)') }},
            cast(0 as decimal(38, 12))
        ) as saving_kept
    from kept_as

)

select
    kind,
    'storage' as layer,
    provider,
    sub_account_id,
    cast(null as varchar) as region_id,
    coalesce(resource_id, 'unnamed') || coalesce(' ' || dataset, '') as subject,
    team,
    feature,
    billing_month,
    coalesce(resource_id, 'unnamed') || coalesce(' ' || dataset, '') as overlap_key,
    'stored as ' || carry_state as evidence,
    count(*) as evidence_rows,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    -- Low: kept in the cheaper form; likely and high: deleted. What is only unread is not deleted on a guess.
    cast(sum(saving_kept) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(case when kind = 'storage_class' then saving_kept else effective_cost_reporting end) as decimal(38, 12)) as saving_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_high_reporting
from storage
group by kind, carry_state, provider, sub_account_id, resource_id, dataset, team, feature, billing_month
