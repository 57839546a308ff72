{#- The shares of a relation whose every row carries the amount of its cell and its own weight: a query with each amount replaced by the row's exact share of it.
    Shares are whole numbers of the last decimal place; the largest weight of a cell takes what rounding left.
    relation: (…keep columns, cell, weight, …amounts); cell and weight: column names, the weight a whole number above 0; order: what decides between equal weights.
    A cell that is a whole row of the ledger is split here once; the engine of the ladder is allocate_pools. -#}
{% macro split_by_weight(relation, keep, cell, weight, amounts, order) -%}
    select
        {{ keep | join(',\n        ') }},
        {% for amount in amounts -%}
        cast(
            {{ amount }}_share + case when share_rank = 1 then {{ amount }} - sum({{ amount }}_share) over (partition by {{ cell }}) else 0 end
            as decimal(38, 12)
        ) as {{ amount }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            *,
            {% for amount in amounts -%}
            {{ mul_div(amount, 'cast(' ~ weight ~ ' as decimal(38, 0))', 'cast(weight_total as decimal(38, 0))') }} as {{ amount }}_share,
            {% endfor -%}
            row_number() over (partition by {{ cell }} order by {{ weight }} desc, {{ order }}) as share_rank
        from (
            select
                *,
                sum({{ weight }}) over (partition by {{ cell }}) as weight_total
            from {{ relation }}
        ) as weighed
    ) as shares
{%- endmacro %}
