-- Grain: one row per month of use, provider and model.
-- Conserves: every amount of inference_calibration_daily. A difference of two days or two accounts meets here, and what is left is what somebody has to look at.
with

daily as (

    select * from {{ ref('inference_calibration_daily') }}

),

summed as (

    select
        usage_month,
        provider,
        model_id,
        cast(sum(case when status = 'compared' then 1 else 0 end) as bigint) as compared_rows,
        cast(sum(case when status in ('compared', 'not_explained') then 1 else 0 end) as bigint) as met_rows,
        cast(sum(case when billed_cost_reporting is not null and status not in ('not_billed_yet', 'no_bill_line', 'moved_to_another_day') then 1 else 0 end) as bigint) as billed_rows,
        cast(sum(case when metered_tokens > 0 and status <> 'not_billed_yet' then 1 else 0 end) as bigint) as metered_rows,
        {% for column in ['metered_tokens', 'unpriced_tokens', 'billed_tokens'] -%}
        cast(sum({{ column }}) as decimal(38, 6)) as {{ column }},
        {% endfor -%}
        {% for column in calibration_amounts() -%}
        cast(sum({{ column }}) as decimal(38, 12)) as {{ column }},
        {% endfor -%}
        cast(count(*) as bigint) as rows_in_all
    from daily
    group by all

)

select
    usage_month,
    provider,
    model_id,
    case
        when met_rows > 0 then 'compared'
        when billed_rows > 0 and metered_rows > 0 then 'nothing_compared'
        when billed_rows > 0 then 'not_metered'
        when metered_rows > 0 then 'no_bill_line'
        else 'not_billed_yet'
    end as status,
    rows_in_all as calibration_rows,
    compared_rows,
    metered_tokens,
    unpriced_tokens,
    billed_tokens,
    {% for column in calibration_amounts() -%}
    {{ column }},
    {% endfor -%}
    case when billed_tokens > 0 then {{ signed_mul_div('effective_cost_reporting', 'cast(1000000 as decimal(38, 6))', 'billed_tokens') }} end as effective_rate_per_million,
    cast(abs(cast(cost_difference as double)) / nullif(abs(cast(effective_cost_reporting as double)), 0) as double) as difference_share
from summed
