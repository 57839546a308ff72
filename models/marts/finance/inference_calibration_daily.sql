-- Grain: one row per usage day (or longer period a bill states), provider, account, model, token kind, service tier and routing.
-- Conserves: the metered tokens, the token lines of the bill, and their difference: estimate less bill is five causes, exactly.
with

explained as (

    select
        *,
        case when priced_tokens > 0 then aligned_estimated_cost when month_tokens > 0 then month_estimated_cost end as rate_cost,
        case when priced_tokens > 0 then priced_tokens when month_tokens > 0 then month_tokens end as rate_tokens,
        case
            when corrected_tokens > 0 and not has_unread_quantity then {{ signed_mul_div('effective_cost_reporting', 'cast(1000000 as decimal(38, 6))', 'corrected_tokens') }}
        end as effective_rate_per_million
    from {{ ref('int_calibration__explained') }}

)

select
    usage_date,
    period_end_date,
    usage_month,
    provider,
    account_id,
    model_id,
    token_kind,
    service_tier,
    routing,
    compared_without,
    case
        when is_unbilled then 'not_billed_yet'
        when not is_billed and aligned_tokens > 0 then 'no_bill_line'
        when not is_billed then 'moved_to_another_day'
        when aligned_tokens = 0 then 'not_metered'
        when is_unexplained then 'not_explained'
        else 'compared'
    end as status,
    shift_hours as bill_shift_hours,
    cast(case bill_unit_power when 1 then 1000 when 2 then 1000000 when -1 then 0.001 when -2 then 0.000001 else 1 end as decimal(18, 6)) as bill_unit_factor,
    metered_tokens,
    metered_unpriced_tokens as unpriced_tokens,
    aligned_tokens,
    billed_tokens,
    cast(cast(seen as double) / nullif(cast(sold as double), 0) as double) as seen_share,
    metered_estimated_cost as estimated_cost,
    aligned_cost as aligned_estimated_cost,
    covered_at_list_cost,
    billed_at_list_cost,
    billing_currency,
    billed_cost,
    effective_cost,
    billed_cost_reporting,
    effective_cost_reporting,
    case
        when rate_tokens > 0 then {{ signed_mul_div('rate_cost', 'cast(1000000 as decimal(38, 6))', 'rate_tokens') }}
        else cast(round(book_price_usd_per_token * 1000000, 12) as decimal(38, 12))
    end as list_rate_per_million,
    effective_rate_per_million,
    cast(cast(effective_rate_per_million as decimal(28, 12)) * cast(0.000001 as decimal(7, 6)) as decimal(38, 18)) as effective_rate_per_token,
    cast(metered_estimated_cost - effective_cost_reporting as decimal(38, 12)) as cost_difference,
    coverage_difference,
    rate_difference,
    quantity_difference,
    timing_difference,
    unknown_difference
from explained
