-- Grain: one row per scenario, cloud, layer and component: what a month of it would cost, cheap, likely and dear.
-- Nothing here is billed. Each figure is quantity times the rate beside it; what has no price keeps its row, with null costs and the reason.
with

tokens as (

    select * from {{ ref('int_scenarios__tokens') }}

),

rated as (

    select * from {{ ref('int_scenarios__rated') }}

),

parts as (

    select
        scenario_id,
        provider,
        layer,
        component,
        model_id || ' ' || geo_scope || ' ' || service_tier || ' ' || token_kind as priced_as,
        'token' as unit,
        cast(tokens_low as decimal(28, 6)) as quantity_low,
        cast(tokens_likely as decimal(28, 6)) as quantity,
        cast(tokens_high as decimal(28, 6)) as quantity_high,
        price_usd_per_token as price_low_usd,
        price_usd_per_token as price_usd,
        price_usd_per_token as price_high_usd,
        case when price_usd_per_token is not null then 'price_book' end as rate_status,
        'int_inference__price_book' as rate_source,
        cast(null as date) as cited_on,
        cast(null as varchar) as rate_id
    from tokens
    union all
    select
        scenario_id,
        provider,
        layer,
        component,
        rate_name as priced_as,
        unit,
        quantity_low,
        quantity,
        quantity_high,
        price_low_usd,
        price_usd,
        price_high_usd,
        rate_status,
        rate_source,
        cited_on,
        rate_id
    from rated

)

select
    parts.scenario_id,
    inputs.baseline_id,
    inputs.workload,
    parts.provider,
    parts.layer,
    parts.component,
    parts.priced_as,
    parts.unit,
    parts.quantity_low,
    parts.quantity,
    parts.quantity_high,
    cast(parts.price_low_usd as decimal(38, 18)) as price_low_usd,
    cast(parts.price_usd as decimal(38, 18)) as price_usd,
    cast(parts.price_high_usd as decimal(38, 18)) as price_high_usd,
    {{ planned_cost('parts.quantity_low', 'parts.price_low_usd') }} as cost_low_usd,
    {{ planned_cost('parts.quantity', 'parts.price_usd') }} as cost_usd,
    {{ planned_cost('parts.quantity_high', 'parts.price_high_usd') }} as cost_high_usd,
    parts.rate_id,
    parts.rate_status,
    parts.rate_source,
    parts.cited_on,
    case
        when parts.price_usd is not null then null
        when parts.unit = 'token' then 'no_price_in_the_price_book'
        when parts.rate_id is not null then 'no_terms_in_the_seed'
        else 'no_rate_in_the_seed'
    end as missing_reason
from parts
left join {{ ref('int_scenarios__inputs') }} as inputs
    on
        parts.scenario_id = inputs.scenario_id
        and parts.provider = inputs.provider
