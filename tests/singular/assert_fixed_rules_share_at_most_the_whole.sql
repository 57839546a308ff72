-- A fixed rule states shares of the whole; shares above 1 would be scaled down without a word.
-- Fix: correct the weights of the rule in allocation_rule_targets.csv, or make it weighted.
select
    rules.rule_id,
    sum(targets.weight) as shares
from {{ ref('int_allocation__rules') }} as rules
left join {{ ref('stg_policy__allocation_rule_targets') }} as targets
    on
        rules.rule_id = targets.rule_id
        and targets.x_quarantine_reason is null
where rules.method = 'fixed'
group by rules.rule_id
having sum(targets.weight) > 1
