-- Grain: one row per compared key and period of the bill. Billed tokens at the list price, and how much of the billed traffic telemetry saw.
-- Conserves: every amount and token of int_calibration__aligned.
{%- set calls = ['provider', 'account_id', 'model_id', 'service_tier', 'routing', 'usage_date', 'period_end_date'] %}
{%- set same_calls = 'partition by ' ~ calls | join(', ') %}
with

aligned as (

    select
        *,
        cast(date_trunc('month', usage_date) as date) as usage_month,
        aligned_tokens - aligned_unpriced_tokens as priced_tokens
    from {{ ref('int_calibration__aligned') }}

),

scopes as (

    select 'global' as geo_scope
    union all
    select 'geo' as geo_scope
    union all
    select 'in_region' as geo_scope

),

-- The list price of traffic nobody metered that day: what the same key cost on the month's other days, else the price book's.
asked as (

    select distinct
        aligned.usage_date,
        aligned.provider,
        aligned.model_id,
        aligned.token_kind,
        coalesce(aligned.service_tier, 'standard') as service_tier,
        scopes.geo_scope,
        cast(null as varchar) as region
    from aligned
    cross join scopes
    where
        aligned.is_billed
        and aligned.priced_tokens = 0
        and (aligned.routing is null or (aligned.routing = 'global') = (scopes.geo_scope = 'global'))

),

prices as (

    {{ closest_price('asked') }}

),

-- An in-region price, where the bill does not tell it from a geographic one, is the one of the regional line.
book as (

    select
        usage_date,
        provider,
        model_id,
        token_kind,
        service_tier,
        max(price_usd_per_token) as price_usd_per_token
    from prices
    group by all

),

needed as (

    select distinct
        'USD' as from_currency,
        {{ rate_date('usage_date') }} as rate_date
    from book

),

rates as (

    {{ rates_on_days('needed') }}

),

dated_book as (

    select
        book.*,
        case when '{{ var("reporting_currency") }}' = 'USD' then cast(1 as decimal(38, 12)) else rates.rate end as rate
    from book
    left join rates on {{ rate_date('book.usage_date') }} = rates.rate_date

),

-- A bill whose quantity is read in a wrong unit gives itself away: its dollars agree with the metered tokens, and its rate is the list rate times a thousand.
measured as (

    select
        aligned.*,
        sum(aligned.priced_tokens) over (partition by aligned.usage_month, {{ compared_key() | join(', ') }}) as month_tokens,
        sum(aligned.aligned_estimated_cost) over (partition by aligned.usage_month, {{ compared_key() | join(', ') }}) as month_estimated_cost,
        {{ unit_power('aligned.aligned_tokens', 'aligned.billed_tokens', 0.1) }} as token_power,
        {{ unit_power('aligned.effective_cost_reporting * cast(aligned.priced_tokens as double)', 'aligned.billed_tokens * cast(aligned.aligned_estimated_cost as double)', 0.5) }} as rate_power
    from aligned

),

corrected as (

    select
        *,
        case when token_power = rate_power and priced_tokens > 0 then token_power else 0 end as bill_unit_power,
        {{ scaled_by_thousands('billed_tokens', 'case when token_power = rate_power and priced_tokens > 0 then token_power else 0 end') }} as corrected_tokens
    from measured

),

valued as (

    select
        corrected.*,
        case
            when corrected.priced_tokens > 0 then {{ signed_mul_div('corrected.aligned_estimated_cost', 'corrected.corrected_tokens', 'corrected.priced_tokens') }}
            when corrected.month_tokens > 0 then {{ signed_mul_div('corrected.month_estimated_cost', 'corrected.corrected_tokens', 'corrected.month_tokens') }}
            else {{ convert_currency('cast(round(cast(corrected.corrected_tokens as decimal(20, 3)) * dated_book.price_usd_per_token, 12) as decimal(38, 12))', 'dated_book.rate') }}
        end as billed_at_list_cost,
        case
            when corrected.priced_tokens > 0 then {{ signed_mul_div('corrected.aligned_estimated_cost', 'corrected.aligned_unpriced_tokens', 'corrected.priced_tokens') }}
            else cast(0 as decimal(38, 12))
        end as unpriced_cost,
        dated_book.price_usd_per_token as book_price_usd_per_token,
        {{ scaled_by_thousands('corrected.aligned_tokens', '-case when corrected.bill_unit_power = 0 then corrected.token_power else 0 end') }} as comparable_tokens
    from corrected
    left join dated_book
        on
            corrected.priced_tokens = 0
            and corrected.usage_date = dated_book.usage_date
            and corrected.provider = dated_book.provider
            and corrected.model_id = dated_book.model_id
            and corrected.token_kind = dated_book.token_kind
            and coalesce(corrected.service_tier, 'standard') = dated_book.service_tier

)

select
    *,
    sum(comparable_tokens) over ({{ same_calls }}) as seen_tokens,
    sum(corrected_tokens) over ({{ same_calls }}) as sold_tokens,
    sum(case when token_kind = 'output' then comparable_tokens else 0 end) over ({{ same_calls }}) as seen_output_tokens,
    sum(case when token_kind = 'output' then corrected_tokens else 0 end) over ({{ same_calls }}) as sold_output_tokens
from valued
