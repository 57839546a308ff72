{% macro to_money(column) -%}
    {#- Text, double or decimal to money: decimal(38, 12), rounded half away from zero at the twelfth place; null when it is not a number. -#}
    {{ return(adapter.dispatch('to_money')(column)) }}
{%- endmacro %}

{#- DuckDB's decimal cast reads E-notation ('7.5E-10') and rounds by itself; a cast through double would drop digits after the sixteenth.
    The first two lines are for speed: text is read into 64-bit decimals some 100 times faster than into 128-bit ones (DuckDB 1.5.6, measured 2026-11). They take the amounts below a
    million, and the counts below 10^12 that have at most six decimals; everything else takes the exact slow way.
    What all casts refuse may be a spreadsheet's hand: '$10,000.00 ' or '(1,200.50)'. Commas are dropped only where they can be nothing but thousands separators:
    '1,234' alone might be a decimal comma. -#}
{% macro duckdb__to_money(column) -%}
    coalesce(
        cast(try_cast({{ column }} as decimal(18, 12)) as decimal(38, 12)),
        case when regexp_full_match({{ column }}, '-?\d{7,12}(\.\d{1,6})?') then cast(try_cast({{ column }} as decimal(18, 6)) as decimal(38, 12)) end,
        try_cast({{ column }} as decimal(38, 12)),
        case
            when regexp_full_match(trim({{ column }}), '-?[$€£]? ?-?(\d{1,3}(,\d{3})+|\d+)\.\d+')
                then try_cast(regexp_replace({{ column }}, '[$€£, ]', '', 'g') as decimal(38, 12))
            when regexp_full_match(trim({{ column }}), '[$€£]? ?\((\d{1,3}(,\d{3})+|\d+)\.\d+\)')
                then -try_cast(regexp_replace({{ column }}, '[$€£, ()]', '', 'g') as decimal(38, 12))
        end
    )
{%- endmacro %}

{#- Spark refuses E-notation in decimal casts of narrow scale: a wider decimal first, then rounded. -#}
{% macro default__to_money(column) -%}
    cast(round(try_cast(trim(cast({{ column }} as string)) as decimal(38, 18)), 12) as decimal(38, 12))
{%- endmacro %}
