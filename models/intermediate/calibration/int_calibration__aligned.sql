-- Grain: one row per compared key and period of the bill (a day, or the longer period a bill states), whichever side knows it.
-- Conserves: metered tokens and their estimate, once on the day of use (metered_*) and once on the day the bill would state it (aligned_*); every amount of int_calibration__billed.
{%- set key = compared_key() %}
with

stated_usage as (

    {{ under_compared_key(ref('int_calibration__metered'), ['usage_month', 'usage_hour', 'usage_date', 'tokens', 'unpriced_tokens', 'estimated_cost']) }}

),

metered as (

    select
        {% for part in key -%}
        usage.{{ part }},
        {% endfor -%}
        usage.compared_without,
        usage.usage_date,
        cast(usage.usage_hour + coalesce(shifts.shift_hours, 0) * interval '1' hour as date) as aligned_date,
        coalesce(shifts.shift_hours, 0) as shift_hours,
        sum(usage.tokens) as tokens,
        sum(usage.unpriced_tokens) as unpriced_tokens,
        sum(usage.estimated_cost) as estimated_cost
    from stated_usage as usage
    left join {{ ref('int_calibration__shifts') }} as shifts
        on
            usage.usage_month = shifts.usage_month
            and usage.provider = shifts.provider
            and usage.model_id = shifts.model_id
            and usage.account_id is not distinct from shifts.account_id
    group by all

),

billed as (

    {{ under_compared_key(ref('int_calibration__billed'), [
        'usage_date', 'period_end_date', 'is_longer_than_a_day', 'billing_currency', 'billed_cost', 'effective_cost', 'billed_cost_reporting', 'effective_cost_reporting', 'unread_cost',
        'has_unread_quantity', 'tokens',
    ]) }}

),

long_periods as (

    select distinct
        {{ key | join(', ') }},
        usage_date,
        period_end_date
    from billed
    where is_longer_than_a_day

),

stacked as (

    {% for basis, day in [('metered', 'usage_date'), ('aligned', 'aligned_date')] -%}
    select
        {{ key | join(', ') }},
        {{ day }} as usage_date,
        cast({{ day }} + interval '1' day as date) as period_end_date,
        true as may_lie_in_a_longer_period,
        compared_without,
        {{ 'shift_hours' if basis == 'aligned' else '0 as shift_hours' }},
        {% for column in ['metered', 'aligned'] -%}
        {{ 'tokens' if column == basis else 'cast(0 as decimal(38, 6))' }} as {{ column }}_tokens,
        {{ 'unpriced_tokens' if column == basis else 'cast(0 as decimal(38, 6))' }} as {{ column }}_unpriced_tokens,
        {{ 'estimated_cost' if column == basis else 'cast(0 as decimal(38, 12))' }} as {{ column }}_estimated_cost,
        {% endfor -%}
        cast(null as varchar) as billing_currency,
        {% for column in ['billed_cost', 'effective_cost', 'billed_cost_reporting', 'effective_cost_reporting', 'unread_cost'] -%}
        cast(null as decimal(38, 12)) as {{ column }},
        {% endfor -%}
        cast(null as boolean) as has_unread_quantity,
        cast(null as decimal(38, 6)) as billed_tokens
    from metered
    union all
    {% endfor -%}
    select
        {{ key | join(', ') }},
        usage_date,
        period_end_date,
        false as may_lie_in_a_longer_period,
        compared_without,
        0 as shift_hours,
        {% for column in ['metered', 'aligned'] -%}
        cast(0 as decimal(38, 6)) as {{ column }}_tokens,
        cast(0 as decimal(38, 6)) as {{ column }}_unpriced_tokens,
        cast(0 as decimal(38, 12)) as {{ column }}_estimated_cost,
        {% endfor -%}
        billing_currency,
        billed_cost,
        effective_cost,
        billed_cost_reporting,
        effective_cost_reporting,
        unread_cost,
        has_unread_quantity,
        tokens as billed_tokens
    from billed

),

-- Where the bill states a month or a fortnight its days are compared as one.
days_in_long_periods as (

    select
        {% for part in key -%}
        stacked.{{ part }},
        {% endfor -%}
        stacked.usage_date as day,
        min(long_periods.usage_date) as usage_date,
        min_by(long_periods.period_end_date, long_periods.usage_date) as period_end_date
    from stacked
    inner join long_periods
        on
            {{ same_compared_key('stacked', 'long_periods') }}
            and stacked.usage_date >= long_periods.usage_date
            and stacked.usage_date < long_periods.period_end_date
    where stacked.may_lie_in_a_longer_period
    group by all

),

placed as (

    select
        stacked.*,
        coalesce(days_in_long_periods.usage_date, stacked.usage_date) as placed_date,
        coalesce(days_in_long_periods.period_end_date, stacked.period_end_date) as placed_end_date
    from stacked
    left join days_in_long_periods
        on
            stacked.may_lie_in_a_longer_period
            and stacked.usage_date = days_in_long_periods.day
            and {{ same_compared_key('stacked', 'days_in_long_periods') }}

)

select
    placed_date as usage_date,
    placed_end_date as period_end_date,
    {{ key | join(',\n    ') }},
    max(compared_without) as compared_without,
    cast(coalesce(max(nullif(shift_hours, 0)), 0) as integer) as shift_hours,
    {% for column in ['metered_tokens', 'aligned_tokens', 'metered_unpriced_tokens', 'aligned_unpriced_tokens'] -%}
    cast(sum({{ column }}) as decimal(38, 6)) as {{ column }},
    {% endfor -%}
    cast(sum(metered_estimated_cost) as decimal(38, 12)) as metered_estimated_cost,
    cast(sum(aligned_estimated_cost) as decimal(38, 12)) as aligned_estimated_cost,
    cast(coalesce(sum(billed_tokens), 0) as decimal(38, 6)) as billed_tokens,
    coalesce(bool_or(has_unread_quantity), false) as has_unread_quantity,
    count(billed_cost_reporting) > 0 as is_billed,
    -- Amounts of several currencies are never added; in the reporting currency they meet.
    case when count(distinct billing_currency) = 1 and count(billed_cost) = count(billed_cost_reporting) then any_value(billing_currency) end as billing_currency,
    case when count(distinct billing_currency) = 1 and count(billed_cost) = count(billed_cost_reporting) then cast(sum(billed_cost) as decimal(38, 12)) end as billed_cost,
    case when count(distinct billing_currency) = 1 and count(billed_cost) = count(billed_cost_reporting) then cast(sum(effective_cost) as decimal(38, 12)) end as effective_cost,
    cast(coalesce(sum(billed_cost_reporting), 0) as decimal(38, 12)) as billed_cost_reporting,
    cast(coalesce(sum(effective_cost_reporting), 0) as decimal(38, 12)) as effective_cost_reporting,
    cast(coalesce(sum(unread_cost), 0) as decimal(38, 12)) as unread_cost
from placed
group by all
