{#- The list price of each distinct thing asked for (usage_date, provider, model_id, token_kind, service_tier, geo_scope, region): the rule of int_inference__price_lookups without its
    reasons. First this scope and tier, then one said to hold for any; the most exact region, and only a price of any region where none is asked; requests of ordinary length.
    Asked on distinct keys only. What has no price gets no row: whoever joins the result joins it left and sees the gap. -#}
{% macro closest_price(asked) -%}
    select
        asked.usage_date,
        asked.provider,
        asked.model_id,
        asked.token_kind,
        asked.service_tier,
        asked.geo_scope,
        asked.region,
        min_by(
            prices.price_usd_per_unit,
            case when prices.geo_scope = asked.geo_scope then '0' else '1' end || case when prices.service_tier = asked.service_tier then '0' else '1' end
            || case when prices.region = 'any' then '99' else cast(90 - length(prices.region) as varchar) end || prices.price_id
        ) as price_usd_per_token
    from {{ asked }} as asked
    inner join {{ ref('int_inference__price_book') }} as prices
        on
            asked.provider = prices.provider
            and asked.model_id = prices.model_id
            and asked.token_kind = prices.token_kind
            and prices.context_min_tokens = 0
            and prices.window_from_minute = 0
            and (prices.region = 'any' or prices.region = asked.region or starts_with(asked.region, prices.region || '-'))
            and (asked.geo_scope = prices.geo_scope or prices.geo_scope = 'any')
            and (asked.service_tier = prices.service_tier or prices.service_tier = 'any')
            and asked.usage_date >= prices.valid_from
            and asked.usage_date < prices.valid_to
    group by asked.usage_date, asked.provider, asked.model_id, asked.token_kind, asked.service_tier, asked.geo_scope, asked.region
{%- endmacro %}
