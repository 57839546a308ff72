-- Grain: one row per interface and address it sends from. Gateways are not here: they send under addresses of their own for others.
-- Few rows however many the flows: an interface has few addresses, and its many peers are never listed.
with

-- How often a record was delivered does not matter here: the list is of who sends, not of how much.
records as (

    {% for source in flow_log_sources() -%}
    select
        provider,
        account_id,
        interface_id,
        src_address,
        dst_address,
        resource_id,
        region,
        az_id,
        flow_direction,
        is_relay
    from {{ ref('stg_network__' ~ source) }}
    where {{ flow_record_counts() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

gateways as (

    select interface_id
    from records
    where is_relay
    group by interface_id
    union distinct
    select interface_id
    from {{ ref('stg_policy__network_interfaces') }}
    where x_quarantine_reason is null and resource_id like 'nat-%'

),

senders as (

    select
        provider,
        account_id,
        interface_id,
        src_address as address,
        max(resource_id) as resource_id,
        max(region) as region,
        max(az_id) as az_id,
        count(*) as records,
        bool_or(flow_direction is not null) as is_direction_logged
    from records
    where coalesce(flow_direction, 'egress') = 'egress'
    group by provider, account_id, interface_id, src_address

),

ends as (

    select senders.*
    from senders
    left join gateways on senders.interface_id = gateways.interface_id
    where gateways.interface_id is null

),

-- An interface that takes in what it then sends on under the same address is on the way (a firewall), not the end. Before version 5 no direction is
-- logged, both ends list both directions, and the address with most records of an interface is its own.
passed_on as (

    select
        records.interface_id,
        records.src_address as address
    from records
    where
        records.flow_direction = 'ingress'
        and records.src_address in (select ends.address from ends)
    group by records.interface_id, records.src_address

),

arrived as (

    select
        interface_id,
        dst_address as address,
        count(*) as records
    from records
    where
        flow_direction is null
        and dst_address in (select ends.address from ends)
    group by interface_id, dst_address

),

ranked as (

    select
        ends.*,
        passed_on.address is not null as is_passed_on,
        row_number() over (
            partition by ends.interface_id, ends.is_direction_logged
            order by ends.records + coalesce(arrived.records, 0) desc, ends.address
        ) as address_rank
    from ends
    left join passed_on on ends.interface_id = passed_on.interface_id and ends.address = passed_on.address
    left join arrived on ends.interface_id = arrived.interface_id and ends.address = arrived.address

),

-- Before version 5, interfaces that claim one address as their own: the one that spoke most with it.
claimed as (

    select
        *,
        row_number() over (
            partition by provider, account_id, address
            order by is_direction_logged desc, is_passed_on asc, address_rank asc, records desc, interface_id asc
        ) as claim_rank,
        count(*) filter (where not is_passed_on) over (partition by provider, account_id, address) as unpassed
    from ranked

)

select
    provider,
    account_id,
    interface_id,
    address,
    resource_id,
    region,
    az_id,
    -- Who only passes on does not count, unless nobody else logs the sender. Two networks may use one address: with directions both count.
    case
        when is_direction_logged then not is_passed_on or (unpassed = 0 and claim_rank = 1)
        else claim_rank = 1
    end as is_own
from claimed
