-- Grain: one row per delivery, account, sub account, service, currency and billing month it posts in: what the delivery said, and how much of it counts there.
-- Worked out from deliveries alone, apart from the lines, so that it can prove them: a month posts what was in force when it closed; what entered or left the force later
-- posts, with its sign, in the month open then.
-- Conserves: summed over all months, the counted amounts are what is in force today.
with

delivered as (

    select
        {% for column in delivery_columns() -%}
        {{ column }},
        {% endfor -%}
        x_cost_dataset,
        sub_account_id,
        service_name,
        billing_currency,
        max(x_delivered_at) as x_delivered_at,
        sum(lines) as lines,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('int_charges__delivered') }}
    group by all

),

statements as (

    select * from {{ ref('int_closing__statements') }}

),

preceded as (

    select * from {{ ref('int_charges__precedence') }}

),

counted as (

    select
        delivered.*,
        statements.epoch,
        statements.billing_month as original_billing_month,
        statements.posted_month as billing_month,
        statements.is_in_force and preceded.epoch is null as is_counting,
        case when not statements.is_in_force then 'not_the_last_delivery' else preceded.reason end as uncounted_reason,
        preceded.rule_id,
        preceded.counting_source
    from delivered
    inner join statements on {{ same_delivery('delivered', 'statements') }}
    left join preceded on {{ same_spend('delivered', 'preceded', epoch_of='statements') }}

),

-- Of a pair, the actual export speaks for billed cost and the amortised one for effective cost.
paired as (

    select
        epoch,
        provider,
        billing_account_id,
        billing_period_start
    from counted
    where
        is_counting
        and x_cost_dataset <> 'both'
    group by epoch, provider, billing_account_id, billing_period_start
    having count(distinct x_cost_dataset) = 2

),

speaking as (

    select
        counted.*,
        cast(case when counted.is_counting and (paired.epoch is null or counted.x_cost_dataset = 'actual') then counted.billed_cost else 0 end as decimal(38, 12)) as in_force_billed_cost,
        cast(case when counted.is_counting and (paired.epoch is null or counted.x_cost_dataset = 'amortised') then counted.effective_cost else 0 end as decimal(38, 12)) as in_force_effective_cost
    from counted
    left join paired
        on
            counted.epoch = paired.epoch
            and counted.provider is not distinct from paired.provider
            and counted.billing_account_id is not distinct from paired.billing_account_id
            and counted.billing_period_start = paired.billing_period_start

),

posted as (

    select
        *,
        {% for amount in ['billed_cost', 'effective_cost'] -%}
        in_force_{{ amount }} - coalesce(lag(in_force_{{ amount }}) over (
            partition by
                {{ delivery_columns() | join(', ') }}, sub_account_id, service_name, billing_currency, x_cost_dataset
            order by epoch
        ), 0) as counted_{{ amount }},
        {% endfor -%}
        max(epoch) over (partition by provider, original_billing_month) as last_epoch
    from speaking

)

select
    x_source,
    x_report,
    x_delivery,
    x_cost_dataset,
    provider,
    billing_account_id,
    sub_account_id,
    service_name,
    billing_currency,
    original_billing_month,
    billing_month,
    epoch,
    x_statement,
    x_delivered_at,
    -- Lines are told once, in their own month; amounts wherever they post.
    case when epoch = 0 then lines else 0 end as lines,
    case when epoch = 0 and is_counting then lines else 0 end as counted_lines,
    case when epoch = last_epoch and not is_counting then lines else 0 end as uncounted_lines,
    -- Of a pair, the amount its twin speaks for is not counted either.
    cast(case when epoch = last_epoch then billed_cost - in_force_billed_cost else 0 end as decimal(38, 12)) as uncounted_billed_cost,
    cast(case when epoch = last_epoch then effective_cost - in_force_effective_cost else 0 end as decimal(38, 12)) as uncounted_effective_cost,
    case
        when epoch < last_epoch then null
        when uncounted_reason is not null then uncounted_reason
        when billed_cost <> in_force_billed_cost or effective_cost <> in_force_effective_cost then 'twin_speaks_for_it'
    end as uncounted_reason,
    case when epoch = last_epoch then rule_id end as rule_id,
    case when epoch = last_epoch then counting_source end as counting_source,
    cast(counted_billed_cost as decimal(38, 12)) as counted_billed_cost,
    cast(counted_effective_cost as decimal(38, 12)) as counted_effective_cost
from posted
