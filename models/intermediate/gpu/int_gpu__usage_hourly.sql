-- Grain: one row per hour, billed resource and owner evidence: GPU-seconds held, and what became of them.
with

grouped as (

    select
        usage_hour,
        provider,
        account_id,
        region,
        resource_id,
        instance_type,
        namespace,
        workload_name,
        tags,
        {% for measure in ['gpu_seconds', 'reserved_gpu_seconds', 'active_gpu_seconds', 'inactive_gpu_seconds', 'unmeasured_gpu_seconds'] -%}
        cast(sum({{ measure }}) as decimal(38, 6)) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_gpu__held_hourly') }}
    group by all

)

select
    *,
    {{ usage_owner_key('int_gpu__usage_hourly') }} as owner_key
from grouped
