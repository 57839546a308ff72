-- Grain: one row per allocation rule and receiver.
with

source as (

    select * from {{ landing('policy', 'allocation_rule_targets') }}

)

select
    'policy_allocation_rule_targets' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['rule_id is null', "'rule_id is empty: it is needed. Write the rule the row belongs to'"],
        [repeats(['rule_id', 'team', 'feature']), "'the same rule, team and feature stand in an earlier row: only one weight can count. Add the weights up in one row'"],
        ['team is null', "'team is empty: it is needed. Write who receives'"],
        ['weight < 0', bad_value('weight', 'a number of at least 0 is needed', 'Correct the row')],
    ]) }} as x_quarantine_reason,

    rule_id,
    team,
    feature,
    weight,
    comment
from source
