{% macro mul_div(amount, numerator, denominator) -%}
    {{ return(adapter.dispatch('mul_div', 'apportion')(amount, numerator, denominator)) }}
{%- endmacro %}

{#- amount * numerator / denominator, rounded half away from zero at the twelfth decimal, in integers only:
    a double has 53 bits and a 40,000 dollar pool already has 4e16 units of the last decimal place.
    Where the product would pass 128 bits, numerator and denominator are cut by the same factor first; for a pool below 8 million
    dollars that moves no share by a unit of the last place, and the remainder keeps the sum exact whatever it moves. -#}
{% macro duckdb__mul_div(amount, numerator, denominator) -%}
    {%- set size -%}
        2e12 * cast(abs({{ amount }}) as double) * cast(greatest({{ numerator }}, {{ denominator }}) as double)
    {%- endset -%}
    {%- set cut = 'cast(ceil(' ~ size ~ ' / 1.6e38) as hugeint)' -%}
    cast(
        sign({{ amount }}) * cast(
            case
                when {{ size }} < 1.6e38
                    then
                        (2 * cast(abs({{ amount }}) * 1000000000000 as hugeint) * cast({{ numerator }} as hugeint) + cast({{ denominator }} as hugeint))
                        // nullif(2 * cast({{ denominator }} as hugeint), 0)
                else
                    (
                        2 * cast(abs({{ amount }}) * 1000000000000 as hugeint) * (cast({{ numerator }} as hugeint) // {{ cut }})
                        + cast({{ denominator }} as hugeint) // {{ cut }}
                    )
                    // nullif(2 * (cast({{ denominator }} as hugeint) // {{ cut }}), 0)
            end
            as decimal(38, 0)
        ) * cast(0.000000000001 as decimal(13, 12))
        as decimal(38, 12)
    )
{%- endmacro %}

{#- Decimal division keeps 38 digits where integers of that width do not exist (Spark). -#}
{% macro default__mul_div(amount, numerator, denominator) -%}
    cast(round(
        cast({{ amount }} as decimal(38, 12)) * cast({{ numerator }} as decimal(38, 0)) / nullif(cast({{ denominator }} as decimal(38, 0)), 0),
        12
    ) as decimal(38, 12))
{%- endmacro %}
