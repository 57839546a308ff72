-- Grain: one row per group of use, token kind, cost basis and way the ledger placed it (by consumer, or by the owner its line names).
-- Conserves: the amounts of int_inference__placed_costs and the estimates. A ledger row's cost follows the tokens of the groups it was made of; the remainder goes to the largest.
with

{% for placed_by, part in [('consumer', 'consumer_key'), ('team', 'team')] -%}
{{ placed_by }}_placed as (

    select *
    from {{ ref('int_inference__placed_costs') }}
    where placed_by = '{{ placed_by }}'

),

{{ placed_by }}_used as (

    {{ usage_in_periods(placed_by ~ '_placed', part) }}

),

{% endfor -%}
-- Use newer than the bill: each estimate's own rows, by the grain it was priced at.
estimated_keys as (

    select distinct
        {{ consumption_key() }} as consumption_key,
        {{ row_hash([estimated_pool_key(), consumer_key()]) }} as placed_id
    from {{ ref('int_inference__without_cost') }}
    where price_id is not null

),

estimates as (

    select
        {{ row_hash(['pool_id', consumer_key()]) }} as placed_id,
        case when team is null then 'E' else 'C' end as evidence_grade,
        cost_reporting
    from {{ ref('int_allocation__estimated') }}

),

links as (

    {% for placed_by in ['consumer', 'team'] -%}
    select
        placed.placed_id,
        'billed' as cost_basis,
        '{{ placed_by }}' as placed_by,
        placed.evidence_grade,
        used.usage_group_key,
        used.token_kind,
        used.tokens,
        placed.effective_cost_reporting,
        placed.billed_cost_reporting
    from {{ placed_by }}_placed as placed
    -- Left: a row that found no use would show in the tests, not vanish.
    left join {{ placed_by }}_used as used on placed.usage_key = used.usage_key
    union all
    {% endfor -%}
    select
        estimates.placed_id,
        'estimated' as cost_basis,
        'consumer' as placed_by,
        estimates.evidence_grade,
        usage.usage_group_key,
        usage.token_kind,
        usage.tokens,
        estimates.cost_reporting as effective_cost_reporting,
        cast(0 as decimal(38, 12)) as billed_cost_reporting
    from estimates
    left join estimated_keys on estimates.placed_id = estimated_keys.placed_id
    left join {{ ref('int_inference__usage_kinds') }} as usage on estimated_keys.consumption_key = usage.consumption_key

),

shares as (

    {{ split_by_weight(
        'links', ['usage_group_key', 'token_kind', 'cost_basis', 'placed_by', 'evidence_grade'], 'placed_id', 'tokens',
        ['effective_cost_reporting', 'billed_cost_reporting'], 'usage_group_key'
    ) }}

)

select
    usage_group_key,
    token_kind,
    cost_basis,
    placed_by,
    -- The lowest grade of a chain wins.
    max(evidence_grade) as evidence_grade,
    cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
    cast(sum(billed_cost_reporting) as decimal(38, 12)) as billed_cost_reporting
from shares
group by usage_group_key, token_kind, cost_basis, placed_by
