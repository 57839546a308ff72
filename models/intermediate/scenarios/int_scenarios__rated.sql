-- Grain: one row per scenario, cloud, layer and component paid by the month, GiB or hour, with the seed rate of the scenario's day that names it.
-- An outdated rate is taken only where the scenario names it. What no rate knows keeps its row, with a null rate.
with

inputs as (

    select * from {{ ref('int_scenarios__inputs') }}

),

rates as (

    select * from {{ ref('scenario_rates') }}

),

terms as (

    select * from {{ ref('commitment_terms') }}

),

parts as (

    {% for layer, component, name, quantity in [
        ('retrieval', 'vector_database', 'retrieval_backend', '1'),
        ('storage', 'object_storage', "'object_storage'", 'storage_gib'),
        ('storage', 'log_ingestion', "'log_ingestion'", 'log_gib'),
        ('storage', 'log_storage', "'log_storage'", 'log_gib'),
        ('egress', 'internet', "'internet'", 'internet_gib'),
        ('egress', 'inter_region', "'inter_region'", 'inter_region_gib'),
        ('egress', 'inter_az', "'inter_az'", 'inter_az_gib'),
    ] -%}
    select
        scenario_id,
        provider,
        price_date,
        '{{ layer }}' as layer,
        '{{ component }}' as component,
        {{ name }} as rate_name,
        cast(null as varchar) as gpu_plan,
        cast({{ quantity }} as decimal(28, 6)) as quantity_low,
        cast({{ quantity }} as decimal(28, 6)) as quantity,
        cast({{ quantity }} as decimal(28, 6)) as quantity_high
    from inputs
    where {{ 'retrieval_backend <> ' ~ "'none'" if component == 'vector_database' else quantity ~ ' > 0' }}
    union all
    {% endfor -%}
    -- A commitment is paid for every hour of the month; what runs beyond it is on demand. Spot pays again for what a reclaim undid.
    select
        inputs.scenario_id,
        inputs.provider,
        inputs.price_date,
        'gpu' as layer,
        'gpu_' || inputs.gpu_plan as component,
        inputs.gpu_type as rate_name,
        coalesce(terms.plan, inputs.gpu_plan) as gpu_plan,
        {{ planned_gpu_hours('terms.buyback_high', 'terms.rework_low') }} as quantity_low,
        {{ planned_gpu_hours('terms.buyback', 'terms.rework') }} as quantity,
        {{ planned_gpu_hours('terms.buyback_low', 'terms.rework_high') }} as quantity_high
    from inputs
    left join terms
        on
            inputs.provider = terms.provider
            and inputs.gpu_plan = terms.plan
    where inputs.gpu_type is not null
    union all
    select
        scenario_id,
        provider,
        price_date,
        'gpu' as layer,
        'gpu_beyond_commitment' as component,
        gpu_type as rate_name,
        'on_demand' as gpu_plan,
        cast(gpu_hours - hours_in_month * gpu_instances as decimal(28, 6)) as quantity_low,
        cast(gpu_hours - hours_in_month * gpu_instances as decimal(28, 6)) as quantity,
        cast(gpu_hours - hours_in_month * gpu_instances as decimal(28, 6)) as quantity_high
    from inputs
    where
        gpu_type is not null
        and gpu_plan in ('commit_1y', 'commit_3y', 'flexible')
        and gpu_hours > hours_in_month * gpu_instances

)

select
    parts.scenario_id,
    parts.provider,
    parts.layer,
    parts.component,
    parts.rate_name,
    parts.gpu_plan,
    parts.quantity_low,
    parts.quantity,
    parts.quantity_high,
    rates.rate_id,
    rates.unit,
    -- The dear case has the small discount.
    cast(rates.price_low_usd * (1 - coalesce(terms.discount_high, case when parts.gpu_plan is null then 0 end)) as decimal(18, 9)) as price_low_usd,
    cast(rates.price_usd * (1 - coalesce(terms.discount, case when parts.gpu_plan is null then 0 end)) as decimal(18, 9)) as price_usd,
    cast(rates.price_high_usd * (1 - coalesce(terms.discount_low, case when parts.gpu_plan is null then 0 end)) as decimal(18, 9)) as price_high_usd,
    rates.status as rate_status,
    rates.source as rate_source,
    rates.cited_on,
    rates.article_price_usd,
    terms.term_id
from parts
left join rates
    on
        parts.provider = rates.provider
        and parts.layer = rates.layer
        and parts.rate_name = rates.name
        -- An outdated rate has a name of its own; whoever writes it wants it.
        and (rates.status = 'outdated' or (parts.price_date >= rates.valid_from and (rates.valid_to is null or parts.price_date < rates.valid_to)))
left join terms
    on
        parts.provider = terms.provider
        and parts.gpu_plan = terms.plan
