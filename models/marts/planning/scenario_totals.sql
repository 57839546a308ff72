-- Grain: one row per scenario and cloud: a month's total by layer, cheap, likely and dear, what it changes against its baseline, and for the article's example what the article prints beside it.
-- Conserves: every cost of scenario_costs.
{% set layers = ['inference', 'gpu', 'retrieval', 'storage', 'agents', 'egress'] -%}
with

costs as (

    select * from {{ ref('scenario_costs') }}

),

figures as (

    select * from {{ ref('article_figures') }}

),

inputs as (

    select * from {{ ref('int_scenarios__inputs') }}

),

totals as (

    select
        scenario_id,
        provider,
        {% for layer in layers -%}
        cast(coalesce(sum(case when layer = '{{ layer }}' then cost_usd end), 0) as decimal(38, 12)) as {{ layer }}_cost_usd,
        {% endfor -%}
        cast(coalesce(sum(cost_low_usd), 0) as decimal(38, 12)) as cost_low_usd,
        cast(coalesce(sum(cost_usd), 0) as decimal(38, 12)) as cost_usd,
        cast(coalesce(sum(cost_high_usd), 0) as decimal(38, 12)) as cost_high_usd,
        count(missing_reason) as parts_without_price,
        sum(case when {{ one_of('rate_status', ['outdated', 'regional', 'unverified', 'article']) }} then 1 else 0 end) as parts_not_read_at_their_source
    from costs
    group by scenario_id, provider

),

-- The baseline on the same cloud, else the first there is.
chosen as (

    select
        inputs.baseline_id,
        inputs.provider as for_provider,
        coalesce(max(case when totals.provider = inputs.provider then totals.provider end), min(totals.provider)) as provider
    from inputs
    inner join totals on inputs.baseline_id = totals.scenario_id
    group by inputs.baseline_id, inputs.provider

),

-- The example is a chain: each step changes the total of the one before by its own parts.
steps as (

    select
        scenario_id,
        step,
        sum(after_usd - before_usd) as step_usd,
        max(printed_total_usd) as printed_total_usd,
        max(verdict) as verdict
    from figures
    group by scenario_id, step

),

article as (

    select
        scenario_id,
        printed_total_usd,
        cast(sum(step_usd) over (order by step rows between unbounded preceding and current row) as decimal(38, 12)) as parts_total_usd,
        verdict
    from steps

)

select
    inputs.scenario_id,
    inputs.baseline_id,
    inputs.workload,
    inputs.provider,
    {% for layer in layers -%}
    coalesce(totals.{{ layer }}_cost_usd, 0) as {{ layer }}_cost_usd,
    {% endfor -%}
    coalesce(totals.cost_low_usd, 0) as cost_low_usd,
    coalesce(totals.cost_usd, 0) as cost_usd,
    coalesce(totals.cost_high_usd, 0) as cost_high_usd,
    case when inputs.queries > 0 then cast(round(totals.cost_usd / inputs.queries, 12) as decimal(38, 12)) end as cost_per_query_usd,
    coalesce(totals.parts_without_price, 0) = 0 as is_complete,
    coalesce(totals.parts_without_price, 0) as parts_without_price,
    cast(coalesce(totals.parts_not_read_at_their_source, 0) as bigint) as parts_not_read_at_their_source,
    baselines.cost_usd as baseline_cost_usd,
    cast(totals.cost_usd - baselines.cost_usd as decimal(38, 12)) as change_usd,
    cast(article.printed_total_usd as decimal(38, 12)) as article_printed_usd,
    article.parts_total_usd as article_parts_usd,
    cast(article.printed_total_usd - article.parts_total_usd as decimal(38, 12)) as article_error_usd,
    article.verdict as article_verdict
from inputs
left join totals
    on
        inputs.scenario_id = totals.scenario_id
        and inputs.provider = totals.provider
left join chosen
    on
        inputs.baseline_id = chosen.baseline_id
        and inputs.provider = chosen.for_provider
left join totals as baselines
    on
        inputs.baseline_id = baselines.scenario_id
        and chosen.provider = baselines.provider
left join article on inputs.scenario_id = article.scenario_id
