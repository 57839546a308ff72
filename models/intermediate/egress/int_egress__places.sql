-- Grain: one row per provider and address: where it is and whose. What two interfaces of one address disagree on is null: it tells nothing.
with

own_addresses as (

    select * from {{ ref('int_egress__addresses') }}

)

select
    {% for column in ['interface_id', 'account_id', 'resource_id', 'region', 'az_id'] -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) end as {{ column }},
    {% endfor -%}
    provider,
    address
from own_addresses
where is_own and address is not null
group by provider, address
