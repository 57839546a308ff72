-- Grain: one row per day, layer, provider, account, what was used, owner and reason.
-- Law 3, the other half: use that no bill line paid for and no price could estimate is a row, never silence.
with

-- How far each provider's bill reaches: use after it waits for its bill, use inside it should have had a line.
horizons as (

    select
        provider,
        min(period_start) as billed_from,
        max(period_end) as billed_until
    from {{ ref('int_charges__pools') }}
    where charge_category = 'Usage'
    group by provider

),

tokens as (

    select
        usage_date,
        'inference' as layer,
        provider,
        account_id,
        region,
        coalesce(model_id, model_id_raw) || ' ' || token_kind as what,
        coalesce(team, 'unallocated') as team,
        coalesce(feature, 'unallocated') as feature,
        'tokens' as driver,
        exception_reason as reason,
        tokens as driver_units
    from {{ ref('int_inference__without_cost') }}
    where exception_reason is not null

),

{% set families = {
    'gpu': ('gpu', "'gpu_seconds'", 'resource_id', 'gpu_seconds', {'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}),
    'retrieval': ('retrieval', 'driver_kind', 'index_name', 'units', {'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'index_name', 'driver_floor_kind': 'driver_kind'}),
    'storage': ('storage', 'driver_kind', 'resource_id', 'units', {'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}),
    'egress': ('egress', 'driver_kind', 'interface_id', 'bytes', {'account_key': 'account_id', 'region_id': 'region', 'resource_key': 'resource_id'}),
} -%}
{% for family, (layer, driver, what, units, rename) in families.items() -%}
{{ family }}_without_cost as (

    {{ usage_without_cost(family, ref('int_' ~ family ~ '__usage_daily' if family == 'storage' else 'int_' ~ family ~ '__usage_hourly'), rename) }}

),

{{ family }} as (

    select
        cast(usage.usage_hour as date) as usage_date,
        '{{ layer }}' as layer,
        usage.provider,
        usage.account_id,
        usage.region,
        usage.{{ what }} as what,
        coalesce(owners.team, 'unallocated') as team,
        coalesce(owners.feature, 'unallocated') as feature,
        {{ driver }} as driver,
        case
            when usage.provider is null then 'unknown_resource'
            when horizons.billed_until is null or usage.usage_hour >= horizons.billed_until then 'not_billed_yet'
            when usage.usage_hour < horizons.billed_from then 'before_first_bill'
            else 'no_bill_line_for_this_usage'
        end as reason,
        usage.{{ units }} as driver_units
    from {{ family }}_without_cost as usage
    left join {{ ref('int_ownership__usage_owners') }} as owners
        on
            usage.owner_key = owners.owner_key
            and cast(usage.usage_hour as date) = owners.usage_date
    left join horizons on usage.provider = horizons.provider
    {% if family != 'gpu' -%}
    -- The same byte or index explains several kinds of line; only the kind a provider always bills is missed when it is absent.
    where usage.driver_kind in ('vector_search', 'object_storage', 'volume', 'log_ingest', 'internet', 'inter_region', 'inter_az')
    {% endif %}
),

{% endfor -%}
unioned as (

    select * from tokens
    {% for family in families -%}
    union all
    select * from {{ family }}
    {% endfor %}

)

select
    usage_date,
    layer,
    provider,
    account_id,
    region,
    what,
    team,
    feature,
    driver,
    reason,
    cast(sum(driver_units) as decimal(38, 6)) as driver_units
from unioned
group by all
