-- Grain: one row per compared key and period of the bill, with the difference between estimate and bill laid on five causes.
-- Conserves: estimated_cost - effective_cost_reporting, exactly: each cause is a step between two amounts, and the steps meet.
--   estimate on the day of use -> on the bill's day (timing) -> with what had no price (unknown) -> billed tokens as far as seen (quantity) -> all billed tokens (coverage) -> bill (rate)
with

horizons as (

    select
        provider,
        max(period_end_date) as billed_until
    from {{ ref('int_calibration__billed') }}
    group by provider

),

judged as (

    select
        valued.*,
        valued.aligned_estimated_cost + valued.unpriced_cost as aligned_cost,
        coalesce(horizons.billed_until is null or valued.usage_date >= horizons.billed_until, true) as is_unbilled,
        -- Nothing can be said where a quantity can not be read, where a cost has no quantity, or where no price is known.
        valued.has_unread_quantity
        or (valued.is_billed and valued.corrected_tokens = 0 and valued.effective_cost_reporting <> 0)
        or valued.billed_at_list_cost is null
        or (valued.aligned_tokens > 0 and valued.priced_tokens = 0) as is_unexplained,
        -- Every call has output, and all providers count it alike: its share of the billed output is the share of the calls telemetry saw. What is above the bill is no missing bill
        -- line, since there is one: it is counted differently.
        case
            when valued.seen_tokens = 0 then 0
            when valued.seen_output_tokens > 0 and valued.sold_output_tokens > 0 then valued.seen_output_tokens
            else valued.seen_tokens
        end as seen,
        case when valued.seen_output_tokens > 0 and valued.sold_output_tokens > 0 then valued.sold_output_tokens else valued.sold_tokens end as sold
    from {{ ref('int_calibration__valued') }} as valued
    left join horizons on valued.provider = horizons.provider

),

shared as (

    select
        *,
        sold > 0 and seen > 0 as is_covered,
        case when sold > 0 and seen > 0 and seen < sold then cast(seen as double) / cast(sold as double) else 1 end as seen_share
    from judged

),

-- Where calls are missing, the missing ones may be of another mix: a kind within a quarter of the share of output is missing calls, not another count.
covered as (

    select
        *,
        case
            when seen_share = 1 then billed_at_list_cost
            when
                seen_share < 0.995
                and cast(comparable_tokens as double) between 0.75 * seen_share * cast(corrected_tokens as double) and 1.25 * seen_share * cast(corrected_tokens as double)
                and comparable_tokens = aligned_tokens
                then aligned_cost
            else {{ signed_mul_div('billed_at_list_cost', 'seen', 'sold') }}
        end as covered_at_list_cost
    from shared

),

explained as (

    select
        *,
        cast(case
            when is_unexplained or is_unbilled then 0
            when not is_covered then aligned_cost - billed_at_list_cost
            else covered_at_list_cost - billed_at_list_cost
        end as decimal(38, 12)) as coverage_difference,
        cast(case when is_unexplained or is_unbilled then 0 else billed_at_list_cost - effective_cost_reporting end as decimal(38, 12)) as rate_difference,
        cast(case when is_unexplained or is_unbilled or not is_covered then 0 else aligned_cost - covered_at_list_cost end as decimal(38, 12)) as quantity_difference,
        cast(
            metered_estimated_cost - aligned_estimated_cost + case when is_unbilled then aligned_cost - effective_cost_reporting else 0 end
            as decimal(38, 12)
        ) as timing_difference,
        cast(case when is_unexplained and not is_unbilled then aligned_estimated_cost - effective_cost_reporting else -unpriced_cost end as decimal(38, 12)) as unknown_difference
    from covered

)

select * from explained
