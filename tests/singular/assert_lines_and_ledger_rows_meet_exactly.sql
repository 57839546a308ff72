-- Law 9: what bill lines pay of ledger rows sums to the line and to the row, whatever the pool looks like. Generated, because bills seldom have several lines in a pool of several owners:
-- a hundred pools of one to five lines and one to six rows, negative lines and lines that cancel out among them.
-- A returned row is a line or a row whose parts do not sum to it.
with

digits as (

    select * from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as digits (digit)

),

pools as (

    select
        tens.digit * 10 + ones.digit as pool_id,
        ones.digit % 5 + 1 as lines,
        tens.digit % 6 + 1 as ledger_rows
    from digits as tens
    cross join digits as ones

),

amounts as (

    select
        pools.pool_id,
        cast(pools.pool_id as varchar) || '-' || cast(digits.digit as varchar) as x_charge_id,
        -- Every tenth pool cancels out; thirds and sevenths leave something to round everywhere else.
        cast(
            case
                when pools.pool_id % 10 = 3 then 1000 * (1 - 2 * (digits.digit % 2))
                else (pools.pool_id * 7919 + digits.digit * 104729) % 20011 - 3000
            end as decimal(38, 12)
        ) * cast(0.142857142857 as decimal(13, 12)) as amount
    from pools
    inner join digits on pools.lines > digits.digit

),

charges as (

    select
        pool_id,
        x_charge_id,
        {% for column in money_columns() + ['contracted_cost', 'consumed_quantity'] -%}
        cast(amount * {{ loop.index }} as decimal(38, 12)) as {{ column }},
        {% endfor -%}
        cast(null as decimal(38, 12)) as pricing_quantity
    from amounts

),

totals as (

    select
        pool_id,
        sum(amount) as amount
    from amounts
    group by pool_id

),

weighted as (

    select
        pools.pool_id,
        digits.digit,
        pools.ledger_rows,
        1 + (pools.pool_id * 31 + digits.digit * 17) % 13 as weight,
        sum(1 + (pools.pool_id * 31 + digits.digit * 17) % 13) over (partition by pools.pool_id) as weights
    from pools
    inner join digits on pools.ledger_rows > digits.digit

),

cut as (

    select
        weighted.*,
        {% for column in money_columns() -%}
        cast(totals.amount * {{ loop.index }} as decimal(38, 12)) as {{ column }}_total,
        {{ mul_div('cast(totals.amount * ' ~ loop.index ~ ' as decimal(38, 12))', 'weighted.weight', 'weighted.weights') }} as {{ column }}_cut,
        {% endfor -%}
        cast(weighted.weight as double) / weighted.weights as share
    from weighted
    inner join totals on weighted.pool_id = totals.pool_id

),

-- The first row takes what rounding leaves, as the largest does in the ledger.
allocations as (

    select
        pool_id,
        cast(pool_id as varchar) || '-' || cast(digit as varchar) as allocation_id,
        'billed' as cost_basis,
        {% for column in money_columns() -%}
        cast(
            {{ column }}_cut + case when digit = 0 then {{ column }}_total - sum({{ column }}_cut) over (partition by pool_id) else 0 end as decimal(38, 12)
        ) as {{ column }},
        {% endfor -%}
        share
    from cut

),

parts as (

    select * from ({{ line_shares('charges', 'allocations') }}) as parts

)

select charges.x_charge_id as not_met
from charges
left join parts on charges.x_charge_id = parts.x_charge_id
group by charges.x_charge_id
having
    not coalesce(sum(parts.line_share) = 1, false)
    {% for column in money_columns() + ['contracted_cost', 'consumed_quantity'] -%}
    or not coalesce(sum(parts.{{ column }}) = max(charges.{{ column }}), false)
    {% endfor %}
union all
select allocations.allocation_id as not_met
from allocations
left join parts on allocations.allocation_id = parts.allocation_id
group by allocations.allocation_id
having
    false
    {% for column in money_columns() -%}
    or not coalesce(sum(parts.{{ column }}) = max(allocations.{{ column }}), false)
    {% endfor %}
