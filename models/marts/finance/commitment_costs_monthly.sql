-- Grain: one row per commitment (savings plan, reservation, prepaid spend), billing account, currency and billing month.
-- Conserves: billed, effective and list cost of every charge that names a commitment. Within a month what is billed and what is used differ; over the whole term they are the same money.
with

charges as (

    select
        *,
        case
            when commitment_discount_status = 'Unused' then 'unused'
            when lower(charge_category) = 'usage' then 'covered'
            else 'other'
        end as part
    from {{ ref('int_charges__totals') }}
    where commitment_discount_id is not null

),

months as (

    select
        provider,
        billing_account_id,
        commitment_discount_id,
        billing_currency,
        billing_month,
        max(commitment_discount_type) as commitment_discount_type,
        sum(charge_lines) as charge_lines,
        sum(billed_cost) as billed_cost,
        sum(case when lower(charge_category) = 'purchase' then billed_cost else 0 end) as purchased_billed_cost,
        sum(effective_cost) as effective_cost,
        {% for part in ['covered', 'unused', 'other'] -%}
        sum(case when part = '{{ part }}' then effective_cost else 0 end) as {{ part }}_effective_cost,
        {% endfor -%}
        sum(case when part = 'covered' then list_cost else 0 end) as covered_list_cost,
        sum(billed_cost_reporting) as billed_cost_reporting,
        sum(effective_cost_reporting) as effective_cost_reporting
    from charges
    group by all

),

accumulated as (

    select
        *,
        sum(billed_cost) over term as cumulative_billed_cost,
        sum(effective_cost) over term as cumulative_effective_cost
    from months
    window term as (
        partition by provider, billing_account_id, commitment_discount_id, billing_currency
        order by billing_month
        rows between unbounded preceding and current row
    )

)

select
    provider,
    billing_account_id,
    commitment_discount_id,
    commitment_discount_type,
    billing_currency,
    billing_month,
    cast(charge_lines as bigint) as charge_lines,
    {% for amount in [
        'billed_cost', 'purchased_billed_cost', 'effective_cost', 'covered_effective_cost', 'unused_effective_cost', 'other_effective_cost', 'covered_list_cost',
    ] -%}
    cast({{ amount }} as decimal(38, 12)) as {{ amount }},
    {% endfor -%}
    cast(covered_list_cost - covered_effective_cost - unused_effective_cost as decimal(38, 12)) as savings,
    -- Null in a month that neither used nor wasted any of it: a share of nothing says nothing.
    cast(covered_effective_cost as double) / nullif(cast(covered_effective_cost + unused_effective_cost as double), 0) as utilisation_share,
    cast(cumulative_billed_cost as decimal(38, 12)) as cumulative_billed_cost,
    cast(cumulative_effective_cost as decimal(38, 12)) as cumulative_effective_cost,
    cast(cumulative_billed_cost - cumulative_effective_cost as decimal(38, 12)) as not_yet_amortised_cost,
    cast(billed_cost_reporting as decimal(38, 12)) as billed_cost_reporting,
    cast(effective_cost_reporting as decimal(38, 12)) as effective_cost_reporting
from accumulated
