{#- A query: what each bill line pays of each ledger row of its pool, exact along both sides.

    charges: relation (pool_id, x_charge_id, the money columns, contracted_cost, consumed_quantity, pricing_quantity)
    allocations: relation (pool_id, allocation_id, cost_basis, the money columns, share); a pool's rows sum to its lines. -#}
{% macro line_shares(charges, allocations) -%}
    {%- set shared_amounts = ['contracted_cost', 'consumed_quantity', 'pricing_quantity'] -%}
    with

    -- Lines are told apart by name; their order in a pool decides where roundings fall and nothing else.
    lines as (

        select
            pool_id,
            x_charge_id,
            {{ (money_columns() + shared_amounts) | join(', ') }},
            {% for amount in money_columns() -%}
            sum({{ amount }}) over (partition by pool_id order by x_charge_id rows between unbounded preceding and current row) as {{ amount }}_upto,
            {% endfor -%}
            count(*) over (partition by pool_id) as pool_lines,
            lead(x_charge_id) over (partition by pool_id order by x_charge_id) is null as is_last_line
        from {{ charges }}

    ),

    shares as (

        select
            pool_id,
            allocation_id,
            {{ money_columns() | join(', ') }},
            {% for amount in money_columns() -%}
            sum({{ amount }}) over (partition by pool_id order by allocation_id rows between unbounded preceding and current row) as {{ amount }}_upto,
            sum({{ amount }}) over (partition by pool_id) as {{ amount }}_total,
            {% endfor -%}
            count(*) over (partition by pool_id) as pool_rows,
            lead(allocation_id) over (partition by pool_id order by allocation_id) is null as is_last_row,
            -- In units of the twelfth decimal. Shares of a pool sum to one but for the last bits of a double; the last one takes what is left.
            cast(least(round(sum(share) over (partition by pool_id order by allocation_id rows between unbounded preceding and current row) * 1e12), 1e12) as bigint) as share_summed
        from {{ allocations }}
        where cost_basis = 'billed'

    ),

    ended as (

        select
            *,
            case when is_last_row then 1000000000000 else share_summed end as share_upto
        from shares

    ),

    ledger_rows as (

        select
            *,
            share_upto - coalesce(lag(share_upto) over (partition by pool_id order by allocation_id), 0) as share_units
        from ended

    )

    select
        lines.pool_id,
        lines.x_charge_id,
        ledger_rows.allocation_id,
        -- Part of the line this row carries: whole numbers of the twelfth decimal, so that the parts of a line sum to exactly one.
        cast(ledger_rows.share_units * cast(0.000000000001 as decimal(13, 12)) as decimal(38, 12)) as line_share,
        {% for amount in money_columns() -%}
        {{ cross_split('lines', 'ledger_rows', amount) }} as {{ amount }},
        {% endfor -%}
        {% for amount in shared_amounts -%}
        {{ split_by_share('lines', 'ledger_rows', amount) }} as {{ amount }}{{ ',' if not loop.last }}
        {% endfor %}
    from lines
    -- Every pool is in the ledger; a line without a row would show as null amounts, which the conservation tests refuse.
    left join ledger_rows on lines.pool_id = ledger_rows.pool_id
{%- endmacro %}
