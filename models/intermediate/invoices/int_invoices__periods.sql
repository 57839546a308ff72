-- Grain: one row per issuer and billing month, with the last known state of the billing period.
with

statements as (

    select
        provider,
        {{ billing_month('billing_period_start') }} as billing_month,
        billing_period_status,
        row_number() over (
            partition by provider, {{ billing_month('billing_period_start') }}
            order by billing_period_last_updated desc nulls last, x_delivered_at desc, x_source_file desc, x_source_row_number desc
        ) as statement_rank
    from {{ ref('stg_focus__billing_periods') }}
    where x_quarantine_reason is null

)

select
    provider,
    billing_month,
    billing_period_status
from statements
where statement_rank = 1
