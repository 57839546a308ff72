-- Grain: one row per negotiated token price and interval.
with

source as (

    select * from {{ landing('policy', 'contract_prices') }}

)

select
    'policy_contract_prices' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['provider is null', "'provider is empty: it is needed. Write aws, gcp, azure, anthropic, ...'"],
        ['model_id is null', "'model_id is empty: it is needed. Write the model id'"],
        ['price_usd_per_token is null or price_usd_per_token < 0', bad_value('price_usd_per_token', 'a number of at least 0 is needed', 'Write USD for one single token')],
        ["lower(token_kind) not in ('input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output') or token_kind is null", bad_value('token_kind', 'input, cache_read, cache_write_5m, cache_write_1h or output is needed', 'Correct the row')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    {{ provider_code('provider') }} as provider,
    model_id,
    lower(token_kind) as token_kind,
    {{ service_tier('service_tier') }} as service_tier,
    lower(geo_scope) as geo_scope,
    price_usd_per_token,

    valid_from,
    valid_to,
    comment
from source
