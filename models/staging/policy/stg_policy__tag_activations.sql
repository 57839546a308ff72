-- Grain: one row per tag key and account from which day on bills show it.
with

source as (

    select * from {{ landing('policy', 'tag_activations') }}

)

select
    'policy_tag_activations' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['provider is null', "'provider is empty: it is needed. Write aws, gcp, azure, ...'"],
        ['tag_key is null', "'tag_key is empty: it is needed. Write the tag key as the bill shows it'"],
        ['activated_on is null', "'activated_on is empty or no date: it is needed. Write the first day whose charges carry the tag as YYYY-MM-DD'"],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    trim(billing_account_id) as billing_account_id,
    lower(trim(tag_key)) as tag_key,

    activated_on,
    comment
from source
