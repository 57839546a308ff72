-- Grain: one row per month, provider, account and model whose bill states its days some hours away from when the calls began: another time zone, or a day late.
-- Every shift of the list is tried; the one under which metered and billed days fit best is believed if it halves the misfit. Volumes are scaled to each other first, so that missing
-- calls or another way to count them do not decide about days.
{%- set shifts = [24, -24, 48] + range(1, 15) | list + range(-14, 0) | list %}
{%- set group = shift_group() %}
{%- set key = ['usage_month'] + compared_key() %}
with

metered as (

    {{ under_compared_key(ref('int_calibration__metered'), ['usage_month', 'usage_hour', 'tokens']) }}

),

stated as (

    {{ under_compared_key(ref('int_calibration__billed'), ['usage_month', 'usage_date', 'is_longer_than_a_day', 'has_unread_quantity', 'tokens']) }}

),

billed as (

    select
        {{ key | join(', ') }},
        usage_date,
        sum(tokens) as tokens
    from stated
    where
        not is_longer_than_a_day
        and not has_unread_quantity
    group by all

),

metered_months as (

    select
        {{ key | join(', ') }},
        sum(tokens) as tokens
    from metered
    group by all

),

-- A scale beyond two is another error than missing calls: it is not allowed for here.
scales as (

    select
        {% for part in key -%}
        billed.{{ part }},
        {% endfor -%}
        least(greatest(cast(sum(billed.tokens) as double) / cast(any_value(metered_months.tokens) as double), 0.5), 2.0) as scale,
        min(billed.usage_date) as billed_from,
        max(billed.usage_date) as billed_until
    from billed
    -- What only one side knows has no days to compare.
    inner join metered_months on {{ same_compared_key('billed', 'metered_months', key) }}
    where metered_months.tokens > 0
    group by all
    having sum(billed.tokens) > 0

),

no_shift as (

    select 0 as shift_hours

),

unshifted as (

    {{ days_under_shifts('scales', 'metered', 'billed', 'no_shift') }}

),

-- Most bills fit as they are; only the others are tried.
doubtful as (

    select *
    from ({{ misfit_of_days('unshifted') }}) as tried
    where misfit > 0.01 * billed_tokens

),

shift_list as (

    {% for hours in shifts -%}
    select {{ hours }} as shift_hours
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

shifted as (

    {{ days_under_shifts('scales', 'metered', 'billed', 'shift_list', 'doubtful') }}

),

tried as (

    {{ misfit_of_days('shifted') }}

),

best as (

    select
        {{ group | join(', ') }},
        min_by(shift_hours, misfit * 1000 + abs(shift_hours) + case when shift_hours < 0 then 0.5 else 0 end) as shift_hours,
        min(misfit) as misfit
    from tried
    group by all

)

select
    {% for part in group -%}
    best.{{ part }},
    {% endfor -%}
    best.shift_hours,
    doubtful.misfit as misfit_tokens,
    best.misfit as shifted_misfit_tokens
from best
inner join doubtful on {{ same_compared_key('best', 'doubtful', group) }}
where best.misfit <= doubtful.misfit / 2
