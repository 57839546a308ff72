-- Grain: one row per group of use with more than one record and some cost: which call is the largest, and what the others' shares leave to it.
-- The one pass over calls that money needs: an aggregate, never a sort.
with

shares as (

    select
        {% for amount in call_amounts() -%}
        {{ call_share_units('calls', 'rates', amount) }} as {{ amount }}_units,
        {% endfor -%}
        {{ size_rank(call_tokens('calls'), 'calls.call_id') }} as size_rank,
        calls.usage_group_key
    from {{ ref('int_inference__used') }} as calls
    -- A call alone in its group takes all of it; what a gateway answered takes nothing.
    inner join {{ ref('int_inference__group_rates') }} as rates
        on
            calls.usage_group_key = rates.usage_group_key
            and rates.records > 1
            and rates.cost_basis <> 'none'
    where not calls.is_gateway_cache_hit

),

totals as (

    select
        {% for amount in call_amounts() -%}
        sum({{ amount }}_units) as {{ amount }}_units,
        {% endfor -%}
        max(size_rank) as largest_size_rank,
        usage_group_key
    from shares
    group by usage_group_key

)

select
    {% for amount in call_amounts() -%}
    {{ group_units('rates', amount) }} - totals.{{ amount }}_units as {{ amount }}_remainder_units,
    {% endfor -%}
    totals.largest_size_rank,
    totals.usage_group_key
from totals
left join {{ ref('int_inference__group_rates') }} as rates on totals.usage_group_key = rates.usage_group_key
