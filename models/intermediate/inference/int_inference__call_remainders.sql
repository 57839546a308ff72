-- Grain: one row per group of use with more than one call: which call is the largest, and what the others' shares leave to it.
-- The one pass over calls that money needs: an aggregate, never a sort.
with

shares as (

    select
        calls.usage_group_key,
        {{ size_rank(call_tokens('calls'), 'calls.call_id') }} as size_rank,
        {% for amount in call_amounts() -%}
        {{ call_share_units('calls', 'rates', amount) }} as {{ amount }}_units{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_inference__calls') }} as calls
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
        usage_group_key,
        max(size_rank) as largest_size_rank,
        {% for amount in call_amounts() -%}
        sum({{ amount }}_units) as {{ amount }}_units{{ ',' if not loop.last }}
        {% endfor %}
    from shares
    group by usage_group_key

)

select
    totals.usage_group_key,
    totals.largest_size_rank,
    {% for amount in call_amounts() -%}
    {% for kind in token_kinds() %}rates.{{ kind }}_{{ amount }}_units + {% endfor %}0 - totals.{{ amount }}_units as {{ amount }}_remainder_units{{ ',' if not loop.last }}
    {% endfor %}
from totals
left join {{ ref('int_inference__group_rates') }} as rates on totals.usage_group_key = rates.usage_group_key
