-- Grain: one row per model that runs on capacity bought by the hour, and interval.
with

source as (

    select * from {{ landing('policy', 'provisioned_capacity') }}

)

select
    'policy_provisioned_capacity' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['provider is null', "'provider is empty: it is needed. Write aws, gcp, azure, openai, ...'"],
        ['resource_id is null and model_id is null and account_id is null', "'resource_id, model_id and account_id are empty: the row would speak of all calls. Write what runs on the capacity'"],
        ['tokens_per_minute_per_unit <= 0', bad_value('tokens_per_minute_per_unit', 'a number above 0 is needed', 'Write the input tokens one unit serves in a minute, or leave it empty')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    {{ match_key(['account_id']) }} as account_id,
    {{ match_key(['region']) }} as region,
    {{ resource_key('resource_id') }} as resource_key,
    lower(trim(model_id)) as model_id,
    tokens_per_minute_per_unit,

    coalesce(valid_from, date '1900-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to,
    comment
from source
