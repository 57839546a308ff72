-- Grain: one row per closed provider, billing month, billing account and billing currency.
-- As billed at the close and as restated since, side by side; the difference stands in fct_charges as adjusting entries of later months.
with

recorded as (

    select
        billing_month,
        provider,
        charges_fingerprint
    from {{ ref('stg_policy__close') }}
    where x_quarantine_reason is null

),

-- Which row of close.csv closed it: the provider's own, else the one for everybody.
closed as (

    select
        epochs.provider,
        epochs.billing_month,
        epochs.as_of as closed_at,
        max(recorded.provider) as closed_for
    from {{ ref('int_closing__epochs') }} as epochs
    left join recorded
        on
            epochs.billing_month = recorded.billing_month
            and epochs.provider = recorded.provider
    where
        epochs.epoch = 0
        and epochs.as_of is not null
    group by epochs.provider, epochs.billing_month, epochs.as_of

),

charges as (

    select
        charges.*,
        closed.closed_at,
        closed.closed_for,
        {{ text_fingerprint(charge_content_columns('charges.')) }} as line_fingerprint
    from {{ ref('int_charges__counted') }} as charges
    -- Only closed months are looked at here; every charge of an open month leaves.
    inner join closed
        on
            charges.provider is not distinct from closed.provider
            and charges.x_original_billing_month = closed.billing_month

),

summed as (

    select
        provider,
        x_original_billing_month as billing_month,
        billing_account_id,
        billing_currency,
        max(closed_at) as closed_at,
        max(closed_for) as closed_for,
        {% for kind in ['original', 'adjusting'] -%}
        sum(case when x_entry_kind = '{{ kind }}' then 1 else 0 end) as {{ kind }}_lines,
        {% for amount in ['billed_cost', 'effective_cost'] -%}
        sum(case when x_entry_kind = '{{ kind }}' then {{ amount }} else 0 end) as {{ kind }}_{{ amount }},
        {% endfor -%}
        {% endfor -%}
        sum(case when x_entry_kind = 'original' then line_fingerprint else 0 end) as fingerprint
    from charges
    group by provider, x_original_billing_month, billing_account_id, billing_currency

),

-- One fingerprint for everything one row of close.csv closed, as it is recorded there.
closes as (

    select
        closed_for,
        billing_month,
        cast(sum(fingerprint) as varchar) as charges_fingerprint
    from summed
    group by closed_for, billing_month

)

select
    summed.provider,
    summed.billing_month,
    summed.billing_account_id,
    summed.billing_currency,
    cast(summed.closed_at as timestamp) as closed_at,
    cast(summed.original_lines as bigint) as closed_lines,
    cast(summed.adjusting_lines as bigint) as adjusting_lines,
    cast(summed.original_billed_cost as decimal(38, 12)) as billed_cost_as_closed,
    cast(summed.adjusting_billed_cost as decimal(38, 12)) as billed_cost_adjustment,
    cast(summed.original_billed_cost + summed.adjusting_billed_cost as decimal(38, 12)) as billed_cost_as_restated,
    cast(summed.original_effective_cost as decimal(38, 12)) as effective_cost_as_closed,
    cast(summed.adjusting_effective_cost as decimal(38, 12)) as effective_cost_adjustment,
    cast(summed.original_effective_cost + summed.adjusting_effective_cost as decimal(38, 12)) as effective_cost_as_restated,
    closes.charges_fingerprint,
    recorded.charges_fingerprint as recorded_fingerprint
from summed
left join closes
    on
        summed.closed_for is not distinct from closes.closed_for
        and summed.billing_month = closes.billing_month
left join recorded
    on
        summed.closed_for is not distinct from recorded.provider
        and summed.billing_month = recorded.billing_month
