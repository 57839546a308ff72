-- Grain: one row per bill: source, report, provider, billing account, billing month and billing currency. Of a pair both exports are one bill under the pair's name, without a
-- report: where they agree the lines of one speak for both amounts.
-- The proof of law 1: what was delivered, what counts of it, and what the ledger allocated, side by side.
with

pairs as (

    select
        x_source as paired_source,
        pair
    from {{ ref('charge_source_ranks') }}
    where pair is not null

),

deliveries as (

    select
        coalesce(pairs.pair, stated.x_source) as x_source,
        case when pairs.pair is null then stated.x_report end as x_report,
        stated.provider,
        stated.billing_account_id,
        stated.billing_month,
        stated.billing_currency,
        count(distinct stated.x_delivery) as deliveries,
        sum(stated.lines) as delivered_lines,
        sum(stated.counted_lines) as latest_lines,
        sum(stated.uncounted_billed_cost) as superseded_billed_cost,
        sum(stated.counted_billed_cost) as delivered_billed_cost,
        sum(stated.counted_effective_cost) as delivered_effective_cost
    from {{ ref('int_closing__stated') }} as stated
    left join pairs on stated.x_source = pairs.paired_source
    group by all

),

charges as (

    select
        coalesce(pairs.pair, billed.x_source) as x_source,
        case when pairs.pair is null then billed.x_report end as x_report,
        billed.provider,
        billed.billing_account_id,
        billed.billing_month,
        billed.billing_currency,
        cast(sum(case when billed.x_entry_kind = 'original' then 1 else 0 end) as bigint) as charge_lines,
        sum(billed.billed_cost) as charged_billed_cost,
        sum(billed.effective_cost) as charged_effective_cost
    from {{ ref('fct_charges') }} as billed
    left join pairs on billed.x_source = pairs.paired_source
    group by all

),

-- Of a pair, lines whose twin in the other export speaks for both: kept, and not counted again.
twins as (

    select
        coalesce(pairs.pair, paired.x_source) as x_source,
        case when pairs.pair is null then paired.x_report end as x_report,
        paired.provider,
        paired.billing_account_id,
        {{ billing_month('paired.billing_period_start') }} as billing_month,
        paired.billing_currency,
        count(*) as lines
    from {{ ref('int_charges__pairs') }} as paired
    left join pairs on paired.x_source = pairs.paired_source
    where
        paired.epoch = 0
        and paired.speaks_for = 'twin'
    group by all

),

pool_reports as (

    select distinct
        pool_id,
        x_report
    from {{ ref('fct_charges') }}

),

allocated as (

    select
        coalesce(pairs.pair, allocations.x_source) as x_source,
        case when pairs.pair is null then pool_reports.x_report end as x_report,
        allocations.provider,
        allocations.billing_account_id,
        allocations.billing_month,
        allocations.billing_currency,
        count(*) as allocation_rows,
        sum(allocations.billed_cost) as allocated_billed_cost,
        sum(allocations.effective_cost) as allocated_effective_cost
    from {{ ref('fct_cost_allocations') }} as allocations
    left join pool_reports on allocations.pool_id = pool_reports.pool_id
    left join pairs on allocations.x_source = pairs.paired_source
    where allocations.cost_basis = 'billed'
    group by all

),

-- Full joins: a bill that lost all its charges, or charges without a delivery, must be a row here, not a gap.
compared as (

    select
        coalesce(deliveries.x_source, charges.x_source, allocated.x_source) as x_source,
        coalesce(deliveries.x_report, charges.x_report, allocated.x_report) as x_report,
        coalesce(deliveries.provider, charges.provider, allocated.provider) as provider,
        coalesce(deliveries.billing_account_id, charges.billing_account_id, allocated.billing_account_id) as billing_account_id,
        coalesce(deliveries.billing_month, charges.billing_month, allocated.billing_month) as billing_month,
        coalesce(deliveries.billing_currency, charges.billing_currency, allocated.billing_currency) as billing_currency,
        coalesce(deliveries.deliveries, 0) as deliveries,
        cast(coalesce(deliveries.delivered_lines, 0) as bigint) as delivered_lines,
        cast(coalesce(deliveries.latest_lines, 0) - coalesce(twins.lines, 0) as bigint) as latest_lines,
        coalesce(charges.charge_lines, 0) as charge_lines,
        coalesce(allocated.allocation_rows, 0) as allocation_rows,
        {% for amount in ['superseded_billed_cost', 'delivered_billed_cost', 'delivered_effective_cost'] -%}
        cast(coalesce(deliveries.{{ amount }}, 0) as decimal(38, 12)) as {{ amount }},
        {% endfor -%}
        cast(coalesce(charges.charged_billed_cost, 0) as decimal(38, 12)) as charged_billed_cost,
        cast(coalesce(charges.charged_effective_cost, 0) as decimal(38, 12)) as charged_effective_cost,
        cast(coalesce(allocated.allocated_billed_cost, 0) as decimal(38, 12)) as allocated_billed_cost,
        cast(coalesce(allocated.allocated_effective_cost, 0) as decimal(38, 12)) as allocated_effective_cost
    from deliveries
    left join twins
        on
            true
            {% for column in ['x_source', 'x_report', 'provider', 'billing_account_id', 'billing_month', 'billing_currency'] -%}
            and deliveries.{{ column }} is not distinct from twins.{{ column }}
            {% endfor %}
    full join charges
        on
            true
            {% for column in ['x_source', 'x_report', 'provider', 'billing_account_id', 'billing_month', 'billing_currency'] -%}
            and deliveries.{{ column }} is not distinct from charges.{{ column }}
            {% endfor %}
    full join allocated
        on
            true
            {% for column in ['x_source', 'x_report', 'provider', 'billing_account_id', 'billing_month', 'billing_currency'] -%}
            and coalesce(deliveries.{{ column }}, charges.{{ column }}) is not distinct from allocated.{{ column }}
            {% endfor %}

)

select
    *,
    cast(allocated_billed_cost - delivered_billed_cost as decimal(38, 12)) as billed_cost_difference,
    cast(allocated_effective_cost - delivered_effective_cost as decimal(38, 12)) as effective_cost_difference,
    case
        when
            allocated_billed_cost = delivered_billed_cost
            and charged_billed_cost = delivered_billed_cost
            and allocated_effective_cost = delivered_effective_cost
            and charged_effective_cost = delivered_effective_cost
            and charge_lines = latest_lines
            then 'reconciled'
        else 'differs'
    end as status
from compared
