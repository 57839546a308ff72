-- Grain: one row per month and bill key either side knows, with the key under which both sides are compared.
-- What one side does not know (an account, a routing) is left out of both sides; so is a tier or routing the two sides call by different names, since that is a price, not traffic.
-- Two different accounts or models are never made one: traffic under the wrong name must show.
{%- set sides = {'metered': 'int_calibration__metered', 'billed': 'int_calibration__billed'} %}
with

sides as (

    {% for side, model in sides.items() -%}
    select distinct
        '{{ side }}' as side,
        usage_month,
        provider,
        model_id,
        account_id,
        service_tier,
        routing
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Both sides must be there: alone, a side is compared with nothing and keeps its key.
models as (

    select
        usage_month,
        provider,
        model_id,
        count(distinct side) = 2 as is_on_both_sides,
        max(case when account_id is null then 1 else 0 end) = 1 as lacks_account
    from sides
    where model_id is not null
    group by all

),

with_account as (

    select
        sides.*,
        coalesce(models.is_on_both_sides and models.lacks_account, false) as is_without_account,
        case when models.is_on_both_sides and models.lacks_account then null else sides.account_id end as compared_account_id
    from sides
    left join models
        on
            sides.usage_month = models.usage_month
            and sides.provider = models.provider
            and sides.model_id = models.model_id

),

{% for part in ['service_tier', 'routing'] %}
{{ part }}_names as (

    select
        usage_month,
        provider,
        model_id,
        compared_account_id,
        {{ part }},
        max(case when side = 'metered' then 1 else 0 end) as is_metered,
        max(case when side = 'billed' then 1 else 0 end) as is_billed
    from with_account
    group by all

),

{{ part }}_gaps as (

    select
        usage_month,
        provider,
        model_id,
        compared_account_id,
        max(is_metered) = 1 and max(is_billed) = 1 and (
            max(case when {{ part }} is null then 1 else 0 end) = 1
            or (max(is_metered - is_billed) = 1 and min(is_metered - is_billed) = -1)
        ) as is_without
    from {{ part }}_names
    group by all

),
{% endfor %}

resolved as (

    select distinct
        with_account.usage_month,
        with_account.provider,
        with_account.model_id,
        with_account.account_id,
        with_account.service_tier,
        with_account.routing,
        with_account.compared_account_id,
        case when not coalesce(service_tier_gaps.is_without, false) then with_account.service_tier end as compared_service_tier,
        case when not coalesce(routing_gaps.is_without, false) then with_account.routing end as compared_routing,
        nullif(concat_ws(
            ', ',
            case when with_account.is_without_account then 'account_id' end,
            case when service_tier_gaps.is_without then 'service_tier' end,
            case when routing_gaps.is_without then 'routing' end
        ), '') as compared_without
    from with_account
    {% for part in ['service_tier', 'routing'] -%}
    left join {{ part }}_gaps
        on
            with_account.usage_month = {{ part }}_gaps.usage_month
            and with_account.provider = {{ part }}_gaps.provider
            and with_account.model_id = {{ part }}_gaps.model_id
            and with_account.compared_account_id is not distinct from {{ part }}_gaps.compared_account_id
    {% endfor %}

)

select * from resolved
