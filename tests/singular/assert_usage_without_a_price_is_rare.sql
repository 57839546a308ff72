-- The gate: a month of a provider in which more than the share of var unpriced_tokens_max_share has neither a price nor a bill line. unpriced_usage names the models and what to add.
with

tokens as (

    select
        provider,
        date_trunc('month', usage_date) as usage_month,
        sum(tokens) as tokens
    from {{ ref('int_inference__priced') }}
    group by 1, 2

),

uncosted as (

    select
        provider,
        date_trunc('month', usage_date) as usage_month,
        sum(tokens) as uncosted_tokens
    from {{ ref('int_inference__without_cost') }}
    where unpriced_reason is not null
    group by 1, 2

)

select
    tokens.provider,
    tokens.usage_month,
    uncosted.uncosted_tokens,
    tokens.tokens
from tokens
inner join uncosted
    on
        tokens.provider is not distinct from uncosted.provider
        and tokens.usage_month = uncosted.usage_month
where uncosted.uncosted_tokens > cast({{ var('unpriced_tokens_max_share') }} as decimal(10, 9)) * tokens.tokens
