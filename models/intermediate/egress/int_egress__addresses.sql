-- Grain: one row per provider and address of an interface that logs. What two interfaces of one address disagree on is null: it tells nothing.
with

ends as (

    select distinct
        provider,
        case when flow_direction = 'egress' then src_address else dst_address end as address,
        interface_id,
        account_id,
        resource_id,
        region,
        az_id
    from {{ ref('int_egress__directed') }}

)

select
    provider,
    address,
    {% for column in ['interface_id', 'account_id', 'resource_id', 'region', 'az_id'] -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) end as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from ends
where address is not null
group by provider, address
