-- Below the gate: models or kinds that have neither a price nor a bill line, be they ever so few. unpriced_usage says what to add.
{{ config(severity='warn') }}
select
    provider,
    model_id_raw,
    token_kind,
    unpriced_reason,
    uncosted_tokens,
    suggestion
from {{ ref('unpriced_usage') }}
where uncosted_tokens > 0
