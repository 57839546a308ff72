{#- What both sides of the calibration are compared under, in order. A null means: not known on one side, or called differently, and so left out of both. -#}
{% macro compared_key() -%}
    {{ return(['provider', 'account_id', 'model_id', 'token_kind', 'service_tier', 'routing']) }}
{%- endmacro %}

{#- The rows of one side (int_calibration__metered or int_calibration__billed) under the key both sides are compared under: every key either side knows is in int_calibration__keys, once a month. -#}
{% macro under_compared_key(relation, columns) -%}
    select
        stated.provider,
        keys.compared_account_id as account_id,
        stated.model_id,
        stated.token_kind,
        keys.compared_service_tier as service_tier,
        keys.compared_routing as routing,
        keys.compared_without,
        {% for column in columns -%}
        stated.{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ relation }} as stated
    left join {{ ref('int_calibration__keys') }} as keys
        on
            stated.usage_month = keys.usage_month
            and stated.provider = keys.provider
            and stated.model_id is not distinct from keys.model_id
            and stated.account_id is not distinct from keys.account_id
            and stated.service_tier is not distinct from keys.service_tier
            and stated.routing is not distinct from keys.routing
{%- endmacro %}

{#- Equal in every part of the compared key; unknown equals unknown here, since the parts were left out of both sides. -#}
{% macro same_compared_key(one, other, parts=none) -%}
    {% for part in parts or compared_key() -%}
    {{ one }}.{{ part }} is not distinct from {{ other }}.{{ part }}{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What has one way of stating its days: a provider's account and model, for a month. -#}
{% macro shift_group() -%}
    {{ return(['usage_month', 'provider', 'account_id', 'model_id']) }}
{%- endmacro %}

{#- Metered and billed tokens per compared key, shift and day, stacked. `scales` names the keys to compare, with their scale and days; `doubtful` a relation of the groups to try. -#}
{% macro days_under_shifts(scales, metered, billed, shifts, doubtful=none) -%}
    {%- set key = ['usage_month'] + compared_key() -%}
    {%- set day = "cast(metered.usage_hour + shifts.shift_hours * interval '1' hour as date)" -%}
    select
        {% for part in key -%}
        scales.{{ part }},
        {% endfor -%}
        shifts.shift_hours,
        {{ day }} as usage_date,
        cast(metered.tokens as double) * scales.scale as metered_tokens,
        cast(0 as double) as billed_tokens
    from {{ scales }} as scales
    inner join {{ metered }} as metered on {{ same_compared_key('scales', 'metered', key) }}
    {% if doubtful -%}
    inner join {{ doubtful }} as doubtful on {{ same_compared_key('scales', 'doubtful', shift_group()) }}
    {% endif -%}
    cross join {{ shifts }} as shifts
    where {{ day }} between scales.billed_from and scales.billed_until
    union all
    select
        {% for part in key -%}
        scales.{{ part }},
        {% endfor -%}
        shifts.shift_hours,
        billed.usage_date,
        cast(0 as double) as metered_tokens,
        cast(billed.tokens as double) as billed_tokens
    from {{ scales }} as scales
    inner join {{ billed }} as billed on {{ same_compared_key('scales', 'billed', key) }}
    {% if doubtful -%}
    inner join {{ doubtful }} as doubtful on {{ same_compared_key('scales', 'doubtful', shift_group()) }}
    {% endif -%}
    cross join {{ shifts }} as shifts
{%- endmacro %}

{#- How far metered and billed days are apart, in tokens, per group and shift. -#}
{% macro misfit_of_days(stack) -%}
    select
        {{ shift_group() | join(', ') }},
        shift_hours,
        sum(abs(metered_tokens - billed_tokens)) as misfit,
        sum(billed_tokens) as billed_tokens
    from (
        select
            {{ (['usage_month'] + compared_key()) | join(', ') }},
            shift_hours,
            usage_date,
            sum(metered_tokens) as metered_tokens,
            sum(billed_tokens) as billed_tokens
        from {{ stack }}
        group by all
    ) as days
    group by all
{%- endmacro %}

{#- The power of a thousand by which two counts differ, 0 unless they differ by one within the tolerance: 1K read as 1M, tokens logged in thousands. -#}
{% macro unit_power(counted, reference, tolerance) -%}
    {%- set ratio = 'cast(' ~ counted ~ ' as double) / nullif(cast(' ~ reference ~ ' as double), 0)' -%}
    cast(case
        when {{ ratio }} > 0 and abs({{ ratio }} / power(1000.0, round(ln({{ ratio }}) / ln(1000.0))) - 1) <= {{ tolerance }}
            and abs(round(ln({{ ratio }}) / ln(1000.0))) <= 2
            then round(ln({{ ratio }}) / ln(1000.0))
        else 0
    end as integer)
{%- endmacro %}

{#- Tokens times 1000 to a power between -2 and 2, exact in whole tokens. -#}
{% macro scaled_by_thousands(tokens, power) -%}
    cast(case {{ power }}
        when 2 then {{ tokens }} * 1000000
        when 1 then {{ tokens }} * 1000
        when -1 then round(cast({{ tokens }} as decimal(26, 6)) * 0.001, 6)
        when -2 then round(cast({{ tokens }} as decimal(26, 6)) * 0.000001, 6)
        else {{ tokens }}
    end as decimal(38, 6))
{%- endmacro %}

{#- amount * tokens / total for tokens of either sign (a correction takes tokens back); tokens and total to the millionth. -#}
{% macro signed_mul_div(amount, tokens, total) -%}
    cast(sign({{ tokens }}) * {{ mul_div(
        amount, 'cast(abs(' ~ tokens ~ ') * 1000000 as decimal(38, 0))', 'cast(' ~ total ~ ' * 1000000 as decimal(38, 0))'
    ) }} as decimal(38, 12))
{%- endmacro %}

{#- The amounts of the calibration that may be added up, in the reporting currency. -#}
{% macro calibration_amounts() -%}
    {{ return([
        'estimated_cost', 'billed_cost_reporting', 'effective_cost_reporting', 'cost_difference',
        'coverage_difference', 'rate_difference', 'quantity_difference', 'timing_difference', 'unknown_difference',
    ]) }}
{%- endmacro %}
