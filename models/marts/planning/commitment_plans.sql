-- Grain: one row per scenario with GPUs, cloud and way to pay for them: what a month costs, from which use on a commitment pays, and what is lost when the hardware generation changes in mid-term.
-- Nothing here is billed. Cheap, likely and dear follow the discount, the buy-back and the rework of the seed row.
with

inputs as (

    select *
    from {{ ref('int_scenarios__inputs') }}
    where gpu_type is not null

),

rates as (

    select *
    from {{ ref('scenario_rates') }}
    where layer = 'gpu'

),

terms as (

    select * from {{ ref('commitment_terms') }}

),

plans as (

    select
        inputs.scenario_id,
        inputs.workload,
        inputs.provider,
        inputs.gpu_type,
        inputs.gpu_instances,
        inputs.gpu_hours,
        inputs.gpu_change_month,
        inputs.gpu_plan = terms.plan as is_planned,
        terms.term_id,
        terms.plan,
        terms.plan_kind,
        terms.term_months,
        terms.discount_low,
        terms.discount,
        terms.discount_high,
        terms.buyback_low,
        terms.buyback,
        terms.buyback_high,
        terms.rework_low,
        terms.rework,
        terms.rework_high,
        terms.status,
        terms.source,
        rates.rate_id,
        rates.status as rate_status,
        rates.price_usd as hour_price_usd,
        cast(inputs.hours_in_month * inputs.gpu_instances as decimal(18, 6)) as committed_hours,
        least(inputs.gpu_hours, inputs.hours_in_month * inputs.gpu_instances) as covered_hours,
        terms.plan_kind in ('commitment', 'flexible') as is_commitment
    from inputs
    left join terms on inputs.provider = terms.provider
    left join rates
        on
            inputs.provider = rates.provider
            and inputs.gpu_type = rates.name
            and (rates.status = 'outdated' or (inputs.price_date >= rates.valid_from and (rates.valid_to is null or inputs.price_date < rates.valid_to)))

),

priced as (

    select
        *,
        {{ plan_month('discount_high', 'buyback_high', 'rework_low') }} as monthly_cost_low_usd,
        {{ plan_month('discount', 'buyback', 'rework') }} as monthly_cost_usd,
        {{ plan_month('discount_low', 'buyback_low', 'rework_high') }} as monthly_cost_high_usd,
        {{ plan_stranded('discount_high', 'buyback_high') }} as stranded_cost_low_usd,
        {{ plan_stranded('discount', 'buyback') }} as stranded_cost_usd,
        {{ plan_stranded('discount_low', 'buyback_low') }} as stranded_cost_high_usd,
        cast(round(hour_price_usd * gpu_hours, 12) as decimal(38, 12)) as on_demand_cost_usd
    from plans

)

select
    scenario_id,
    workload,
    provider,
    gpu_type,
    plan,
    plan_kind,
    is_planned,
    term_months,
    gpu_hours,
    committed_hours,
    hour_price_usd,
    monthly_cost_low_usd,
    monthly_cost_usd,
    monthly_cost_high_usd,
    on_demand_cost_usd,
    cast(on_demand_cost_usd - monthly_cost_usd as decimal(38, 12)) as monthly_saving_usd,
    cast(case when is_commitment then covered_hours / committed_hours end as double) as utilisation_share,
    -- Below this share of its hours in use a commitment costs more than paying on demand (without buy-back).
    cast(case when is_commitment then 1 - discount end as double) as break_even_utilisation_share,
    gpu_change_month,
    stranded_cost_low_usd,
    stranded_cost_usd,
    stranded_cost_high_usd,
    -- Months of use after which the whole term has cost no more than on demand: change hardware later than this and the commitment was still right.
    cast(case when plan_kind = 'commitment' then term_months * monthly_cost_usd / nullif(on_demand_cost_usd, 0) end as double) as break_even_month,
    case
        when gpu_change_month is not null and is_commitment
            then cast(gpu_change_month * (on_demand_cost_usd - monthly_cost_usd) - stranded_cost_usd as decimal(38, 12))
    end as saving_until_change_usd,
    term_id,
    status as term_status,
    source as term_source,
    rate_id,
    rate_status,
    case when hour_price_usd is null then 'no_rate_in_the_seed' when plan is null then 'no_terms_in_the_seed' end as missing_reason
from priced
