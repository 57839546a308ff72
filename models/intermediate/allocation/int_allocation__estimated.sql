-- Grain: one row per day, bill key, token kind and consumer of usage newer than its provider's bill.
-- Conserves: nothing billed; the estimate stands beside the bill until the bill arrives and takes its place.
with

usage as (

    select *
    from {{ ref('int_inference__without_cost') }}
    where price_id is not null

),

costed as (

    select
        {{ estimated_pool_key() }} as pool_id,
        usage_date,
        provider,
        account_id,
        region,
        model_id,
        token_kind,
        service_tier,
        layer,
        price_id,
        team,
        feature,
        environment,
        workload,
        agent_session_id,
        is_amplified,
        rule_id,
        sum(tokens) as tokens,
        sum(memo_tokens) as memo_tokens,
        cast(sum(estimated_cost_usd) as decimal(38, 12)) as cost_usd
    from usage
    group by all

),

needed as (

    select distinct
        'USD' as from_currency,
        {{ rate_date('usage_date') }} as rate_date
    from costed

),

rates as (

    {{ rates_on_days('needed') }}

),

rated as (

    select
        costed.*,
        case
            when '{{ var("reporting_currency") }}' = 'USD' then cast(1 as decimal(38, 12))
            else rates.rate
        end as rate
    from costed
    left join rates on {{ rate_date('costed.usage_date') }} = rates.rate_date

),

converted as (

    select
        *,
        {{ convert_currency('cost_usd', 'rate') }} as cost_reporting
    from rated

)

select
    *,
    sum(tokens) over (partition by pool_id) as tokens_total
from converted
