-- Law 10: an estimate is never mistaken for a bill, and nothing billed is called an estimate.
select
    allocation_id,
    cost_basis,
    billed_cost
from {{ ref('fct_cost_allocations') }}
where
    (cost_basis = 'estimated' and (billed_cost <> 0 or billed_cost_reporting <> 0))
    or (cost_basis = 'estimated' and allocation_method <> 'price_book')
    or (cost_basis = 'billed' and allocation_method = 'price_book')
