{{ config(materialized='view') }}
-- Grain: one row per key level, match key, hour, rung of the ladder and consumer: the units of that rung. What existed and nobody held is the rung idle.
with

{% set rungs = {'reserved': 'reserved_gpu_seconds', 'active': 'active_gpu_seconds', 'inactive': 'inactive_gpu_seconds', 'unmeasured': 'unmeasured_gpu_seconds'} -%}
{% for rung, measure in rungs.items() -%}
{{ rung }}_usage as (

    {{ owned_usage(ref('int_gpu__usage_hourly'), "'" ~ rung ~ "'", measure, workload='usage.workload_name') }}

),

{{ rung }}_keyed as (

    {{ driver_levels('gpu', rung ~ '_usage', driver_columns(), rename={'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}) }}

),

{% endfor -%}
-- A split of AWS is no measurement of work.
split_usage as (

    {{ owned_usage(ref('int_gpu__split_usage'), "'unmeasured'", 'split_cost_micros', workload='usage.workload_name') }}

),

held as (

    {% for rung in rungs -%}
    select * from {{ rung }}_keyed
    where driver_units > 0
    union all
    {% endfor -%}
    select
        1 as key_level,
        {{ match_key(['provider', 'resource_id']) }} as match_key,
        {{ driver_columns() | join(',\n        ') }}
    from split_usage
    where {{ match_key(['provider', 'resource_id']) }} is not null

),

capacity as (

    select
        key_level,
        match_key,
        usage_hour,
        sum(capacity_units) as capacity_units
    from {{ ref('int_gpu__capacity') }}
    group by key_level, match_key, usage_hour

),

held_totals as (

    select
        key_level,
        match_key,
        usage_hour,
        sum(driver_units) as driver_units
    from held
    group by key_level, match_key, usage_hour

)

select
    key_level,
    match_key,
    usage_hour,
    driver as rung,
    coalesce(team, 'unallocated') as team,
    coalesce(feature, 'unallocated') as feature,
    environment,
    workload,
    rule_id,
    cast(sum(driver_units) as decimal(38, 6)) as units
from held
group by all
union all
select
    capacity.key_level,
    capacity.match_key,
    capacity.usage_hour,
    'idle' as rung,
    cast(null as varchar) as team,
    cast(null as varchar) as feature,
    cast(null as varchar) as environment,
    cast(null as varchar) as workload,
    cast(null as varchar) as rule_id,
    cast(capacity.capacity_units - coalesce(held_totals.driver_units, 0) as decimal(38, 6)) as units
from capacity
left join held_totals
    on
        capacity.key_level = held_totals.key_level
        and capacity.match_key = held_totals.match_key
        and capacity.usage_hour = held_totals.usage_hour
where capacity.capacity_units > coalesce(held_totals.driver_units, 0)
