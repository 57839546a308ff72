-- Grain: one row per group of use, token kind, cost basis and way the ledger placed it (by consumer, or by the owner its line names).
-- Conserves: the amounts of int_inference__placed_costs and the estimates. A ledger row's cost follows the tokens of the groups it was made of; the remainder goes to the largest.
{% set amounts = ['effective_cost_reporting', 'billed_cost_reporting'] -%}
with

placed as (

    select * from {{ ref('int_inference__placed_costs') }}

),

{% for placed_by, part in [('consumer', 'consumer_key'), ('team', 'team')] -%}
{{ placed_by }}_links as (

    with

    placed_rows as (

        select * from placed where placed_by = '{{ placed_by }}'

    ),

    {{ usage_in_periods('placed_rows', [part]) }}

    links as (

        select
            placed_rows.placed_id,
            'billed' as cost_basis,
            '{{ placed_by }}' as placed_by,
            placed_rows.evidence_grade,
            usage_in_periods.usage_group_key,
            usage_in_periods.token_kind,
            usage_in_periods.tokens,
            placed_rows.effective_cost_reporting,
            placed_rows.billed_cost_reporting
        from placed_rows
        -- Left: a row that found no use would show in the conservation test, not vanish.
        left join usage_in_periods on placed_rows.usage_key = usage_in_periods.usage_key

    )

    select * from links

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

estimated_links as (

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

links as (

    select * from consumer_links
    union all
    select * from team_links
    union all
    select * from estimated_links

),

shares as (

    select
        *,
        {% for amount in amounts -%}
        {{ mul_div(amount, 'cast(tokens as decimal(38, 0))', 'cast(sum(tokens) over (partition by placed_id) as decimal(38, 0))') }} as {{ amount }}_share,
        {% endfor -%}
        row_number() over (partition by placed_id order by tokens desc, usage_group_key asc) as share_rank
    from links

),

exact as (

    select
        usage_group_key,
        token_kind,
        cost_basis,
        placed_by,
        evidence_grade,
        {% for amount in amounts -%}
        {{ amount }}_share
        + case when share_rank = 1 then {{ amount }} - sum({{ amount }}_share) over (partition by placed_id) else 0 end as {{ amount }}{{ ',' if not loop.last }}
        {% endfor %}
    from shares

)

select
    usage_group_key,
    token_kind,
    cost_basis,
    placed_by,
    -- The lowest grade of a chain wins.
    max(evidence_grade) as evidence_grade,
    {% for amount in amounts -%}
    cast(sum({{ amount }}) as decimal(38, 12)) as {{ amount }}{{ ',' if not loop.last }}
    {% endfor %}
from exact
group by usage_group_key, token_kind, cost_basis, placed_by
