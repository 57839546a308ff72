-- Grain: one row per path by which bytes reach the provider's own stores through a paid gateway, owner and month.
select
    'store_through_nat' as kind,
    'egress' as layer,
    provider,
    sub_account_id,
    region_id,
    path as subject,
    team,
    feature,
    billing_month,
    concat_ws('|', provider, sub_account_id, path) as overlap_key,
    'bytes to the provider''s own stores through a paid gateway; an endpoint is free' as evidence,
    count(*) as evidence_rows,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as current_cost_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_low_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_reporting,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as saving_high_reporting
from {{ ref('egress_costs_daily') }}
where is_avoidable
group by provider, sub_account_id, region_id, path, team, feature, billing_month
