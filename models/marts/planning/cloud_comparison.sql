-- Grain: one row per thing compared and cloud: managed inference of one model, eight A100s, the smallest managed vector database, the depth of commitments; with the article's figure beside.
-- From the same seeds and price book as scenario_costs. What a cloud does not sell, or no row knows, is a row with nulls.
with

clouds as (

    {{ planned_clouds() }}

),

models as (

    select *
    from (
        values ('claude-sonnet-4-6'), ('claude-haiku-4-5'), ('nova-micro'), ('nova-lite'), ('llama3-3-70b-instruct'), ('mistral-large-2407'), ('gpt-4o-mini'), ('gemini-2.5-flash')
    ) as models (model_id)

),

rates as (

    select * from {{ ref('scenario_rates') }}

),

terms as (

    select * from {{ ref('commitment_terms') }}

),

-- The day the newest scenario is priced on; without scenarios, the day the rates were written down.
days as (

    select coalesce(max(inputs.price_date), max(rates.cited_on)) as usage_date
    from rates
    left join {{ ref('int_scenarios__inputs') }} as inputs on true

),

asked as (

    select
        days.usage_date,
        clouds.provider,
        models.model_id,
        kinds.token_kind,
        'standard' as service_tier,
        scopes.geo_scope,
        clouds.region
    from clouds
    cross join models
    cross join (values ('input'), ('output')) as kinds (token_kind)
    cross join (values ('global'), ('geo')) as scopes (geo_scope)
    cross join days

),

token_prices as (

    {{ closest_price('asked') }}

),

compared as (

    select
        'managed_inference' as dimension,
        asked.model_id || ' ' || asked.token_kind || ' ' || asked.geo_scope as item,
        asked.provider,
        'million tokens' as unit,
        cast(null as decimal(38, 12)) as figure_low,
        cast(token_prices.price_usd_per_token * 1000000 as decimal(38, 12)) as figure,
        cast(null as decimal(38, 12)) as figure_high,
        -- The article prints one price and no scope: it is the global one.
        cast(article.article_price_usd as decimal(38, 12)) as article_figure,
        case when token_prices.price_usd_per_token is null then null else 'price_book' end as status,
        'int_inference__price_book' as source,
        asked.usage_date as cited_on,
        article.status as article_status
    from asked
    left join token_prices
        on
            asked.provider = token_prices.provider
            and asked.model_id = token_prices.model_id
            and asked.token_kind = token_prices.token_kind
            and asked.geo_scope = token_prices.geo_scope
    left join rates as article
        on
            asked.provider = article.provider
            and article.component = 'model_price'
            and asked.model_id || ' ' || asked.token_kind = article.name
    union all
    select
        case when things.layer = 'gpu' then 'gpu_on_demand' else 'vector_database' end as dimension,
        things.name as item,
        clouds.provider,
        coalesce(rates.unit, case when things.layer = 'gpu' then 'instance-hour' else 'month' end) as unit,
        cast(rates.price_low_usd as decimal(38, 12)) as figure_low,
        cast(rates.price_usd as decimal(38, 12)) as figure,
        cast(rates.price_high_usd as decimal(38, 12)) as figure_high,
        cast(rates.article_price_usd as decimal(38, 12)) as article_figure,
        rates.status,
        rates.source,
        rates.cited_on,
        rates.status as article_status
    from clouds
    cross join (values ('gpu', '8xA100'), ('retrieval', 'managed')) as things (layer, name)
    left join rates
        on
            clouds.provider = rates.provider
            and things.layer = rates.layer
            and things.name = rates.name
    union all
    select
        'commitment_discount' as dimension,
        plans.plan as item,
        clouds.provider,
        'share of the on-demand price' as unit,
        cast(terms.discount_low as decimal(38, 12)) as figure_low,
        cast(terms.discount as decimal(38, 12)) as figure,
        cast(terms.discount_high as decimal(38, 12)) as figure_high,
        cast(null as decimal(38, 12)) as article_figure,
        terms.status,
        terms.source,
        terms.cited_on,
        terms.status as article_status
    from clouds
    cross join (values ('commit_1y'), ('commit_3y'), ('flexible'), ('spot')) as plans (plan)
    left join terms
        on
            clouds.provider = terms.provider
            and plans.plan = terms.plan

)

select
    dimension,
    item,
    provider,
    unit,
    figure_low,
    figure,
    figure_high,
    article_figure,
    status,
    source,
    cited_on,
    case
        when figure is null then 'not sold there, or no row of the seeds knows it'
        when article_figure is null or article_figure = figure then null
        when dimension = 'managed_inference' and article_status <> 'outdated' then 'the article prints the global price'
        when article_status = 'regional' then 'the article names another product or region'
        else 'the article prints another price, which is outdated'
    end as remark
from compared
