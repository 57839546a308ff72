-- Grain: one row per rule for shared or idle cost.
with

source as (

    select * from {{ landing('policy', 'allocation_rules') }}

)

select
    'policy_allocation_rules' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['rule_id is null', "'rule_id is empty: it is needed. Write a unique id'"],
        [repeats(['rule_id']), "'rule_id ' || rule_id || ' stands in an earlier row: two rules can not share an id. Give this one an id of its own'"],
        ["lower(step) not in ('shared', 'idle') or step is null", bad_value('step', 'shared or idle is needed', 'Correct the rule')],
        ["lower(method) not in ('even', 'fixed', 'weighted', 'proportional', 'owner', 'keep_apart', 'follow_usage') or method is null", bad_value('method', 'even, fixed, weighted, proportional, follow_usage, keep_apart or owner is needed', 'Correct the rule')],
        ["(lower(step) = 'idle') <> (lower(method) = 'owner')", bad_value('method', 'idle capacity has one owner (method owner), shared cost is split (even, fixed, weighted, proportional), follows its usage (follow_usage) or is kept apart (keep_apart)', 'Correct step or method')],
        ["lower(trim(charge_kind)) not in ('usage', 'tax', 'credit', 'refund', 'rounding', 'adjustment', 'commitment_purchase', 'support', 'fee')", bad_value('charge_kind', 'usage, tax, credit, refund, rounding, adjustment, commitment_purchase, support or fee is needed, or nothing for any', 'Correct the rule')],
        ["lower(method) in ('keep_apart', 'follow_usage') and 'usage' in (lower(trim(charge_kind)), lower(trim(charge_category)))", bad_value('method', 'usage is never kept apart and has no usage to follow', 'Write a charge_kind that is not usage, or split it (even, fixed, weighted, proportional)')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    rule_id,
    lower(step) as step,
    lower(layer) as layer,
    lower(provider) as provider,
    service_name,
    charge_category,
    lower(trim(charge_kind)) as charge_kind,

    lower(method) as method,
    coalesce(priority, 100) as priority,

    valid_from,
    valid_to,
    comment
from source
