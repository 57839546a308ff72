-- Grain: one row per hour and GPU machine, of the telemetry or of a bill.
-- Conserves: billed, effective and list cost in the reporting currency of the GPU pools of the ledger; a machine nobody billed has none, a bill without a machine is a row.
with

nodes as (

    select * from {{ ref('int_gpu__nodes') }}

),

node_hours as (

    {{ explode_hours('nodes', 'started_at', 'ended_at', ['provider', 'account_id', 'region', 'resource_id', 'instance_type', 'gpus']) }}

),

offered as (

    select
        usage_hour,
        provider,
        resource_id,
        max(account_id) as sub_account_id,
        max(region) as region_id,
        max(instance_type) as x_instance_type,
        cast(sum(gpus * seconds) as decimal(38, 6)) as capacity_gpu_seconds
    from node_hours
    group by usage_hour, provider, resource_id

),

{% set measures = ['requested_gpu_seconds', 'gpu_seconds', 'reserved_gpu_seconds', 'active_gpu_seconds', 'inactive_gpu_seconds', 'unmeasured_gpu_seconds'] -%}
held as (

    select
        usage_hour,
        provider,
        resource_id,
        max(account_id) as sub_account_id,
        max(region) as region_id,
        max(instance_type) as x_instance_type,
        {% for measure in measures -%}
        cast(sum({{ measure }}) as decimal(38, 6)) as {{ measure }},
        {% endfor -%}
        max(is_overcommitted) as is_overcommitted
    from {{ ref('int_gpu__held_hourly') }}
    group by usage_hour, provider, resource_id

),

{% set rungs = ['active', 'inactive', 'unmeasured', 'reserved', 'idle', 'unused_commitment', 'no_telemetry'] -%}
billed as (

    select
        usage_hour,
        provider,
        resource_id,
        {% for amount in ['billed', 'effective', 'list'] -%}
        sum({{ amount }}_cost_reporting) as {{ amount }}_cost_reporting,
        {% endfor -%}
        {% for rung in rungs -%}
        sum(case when rung = '{{ rung }}' then effective_cost_reporting else 0 end) as {{ rung }}_cost_reporting,
        {% endfor -%}
        max(sub_account_id) as sub_account_id,
        max(region_id) as region_id,
        max(x_instance_type) as x_instance_type
    from {{ ref('gpu_cost_ladder_hourly') }}
    group by usage_hour, provider, resource_id

),

machine_hours as (

    select
        usage_hour,
        provider,
        resource_id
    from offered
    union
    select
        usage_hour,
        provider,
        resource_id
    from held
    union
    select
        usage_hour,
        provider,
        resource_id
    from billed

)

select
    machine_hours.usage_hour,
    machine_hours.provider,
    coalesce(billed.sub_account_id, offered.sub_account_id, held.sub_account_id) as sub_account_id,
    coalesce(billed.region_id, offered.region_id, held.region_id) as region_id,
    machine_hours.resource_id,
    coalesce(billed.x_instance_type, offered.x_instance_type, held.x_instance_type) as x_instance_type,
    case
        when billed.usage_hour is null and machine_hours.resource_id is null then 'pod_without_node'
        when billed.usage_hour is null then 'node_without_bill'
        when offered.usage_hour is null and held.usage_hour is null then 'bill_without_node'
    end as reason,
    coalesce(held.is_overcommitted, false) as is_overcommitted,
    offered.capacity_gpu_seconds,
    {% for measure in measures -%}
    cast(coalesce(held.{{ measure }}, 0) as decimal(38, 6)) as {{ 'held_' ~ measure if measure == 'gpu_seconds' else measure }},
    {% endfor -%}
    cast(greatest(offered.capacity_gpu_seconds - coalesce(held.gpu_seconds, 0), 0) as decimal(38, 6)) as idle_gpu_seconds,
    cast(held.gpu_seconds as double) / nullif(cast(offered.capacity_gpu_seconds as double), 0) as held_ratio,
    cast(held.active_gpu_seconds as double) / nullif(cast(held.active_gpu_seconds + held.inactive_gpu_seconds as double), 0) as active_ratio,
    {% for amount in ['billed', 'effective', 'list'] -%}
    cast(coalesce(billed.{{ amount }}_cost_reporting, 0) as decimal(38, 12)) as {{ amount }}_cost_reporting,
    {% endfor -%}
    {% for rung in rungs -%}
    cast(coalesce(billed.{{ rung }}_cost_reporting, 0) as decimal(38, 12)) as {{ rung }}_cost_reporting,
    {% endfor -%}
    offered.usage_hour is not null as is_node_known
from machine_hours
{% for side in ['offered', 'held', 'billed'] -%}
left join {{ side }}
    on
        machine_hours.usage_hour = {{ side }}.usage_hour
        and machine_hours.provider is not distinct from {{ side }}.provider
        and machine_hours.resource_id is not distinct from {{ side }}.resource_id
{% endfor %}
