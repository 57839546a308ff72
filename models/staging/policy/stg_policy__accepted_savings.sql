-- Grain: one row per saving somebody took on.
with

source as (

    select * from {{ landing('policy', 'accepted_savings') }}

)

select
    'policy_accepted_savings' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['saving_id is null', "'saving_id is empty: it is needed. Name the saving'"],
        ['kind is null', "'kind is empty: it is needed. Write the kind of optimisation_opportunities, or a word of your own'"],
        ['coalesce(layer, provider, sub_account_id, team, feature, model_id, resource_id) is null', "'nothing says where the bill is followed. Write at least one of layer, provider, sub_account_id, team, feature, model_id, resource_id'"],
        ['baseline_month is null', bad_value('baseline_month', 'a month is needed', 'Write its first day as YYYY-MM-DD')],
        ['effective_from is null', bad_value('effective_from', 'a day is needed', 'Write the first day the change holds as YYYY-MM-DD')],
        ["date_trunc('month', baseline_month) >= effective_from", "'baseline_month is not before effective_from: the change is already in it. Take an earlier month'"],
        ['promised_monthly_saving is null', bad_value('promised_monthly_saving', 'an amount is needed', 'Write what was promised a month')],
        [repeats(['saving_id']), "'saving_id stands twice: the first row counts. Give it a name of its own'"],
    ]) }} as x_quarantine_reason,

    saving_id,
    kind,
    lower(trim(layer)) as layer,
    {{ provider_code('provider') }} as provider,
    trim(sub_account_id) as sub_account_id,
    trim(team) as team,
    trim(feature) as feature,
    lower(trim(model_id)) as model_id,
    trim(resource_id) as resource_id,
    cast(date_trunc('month', baseline_month) as date) as baseline_month,
    effective_from,
    promised_monthly_saving,
    accepted_by,
    comment
from source
