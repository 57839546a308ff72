{% macro to_money(column) -%}
    {#- Text, double or decimal to money: decimal(38, 12), rounded half away from zero at the twelfth place; null when it is not a number. -#}
    {{ return(adapter.dispatch('to_money')(column)) }}
{%- endmacro %}

{#- DuckDB's decimal cast reads E-notation ('7.5E-10') and rounds by itself; a cast through double would drop digits after the sixteenth. What the cast refuses may be a
    spreadsheet's hand: '$10,000.00 ' or '(1,200.50)'. Commas are dropped only where they can be nothing but thousands separators: '1,234' alone might be a decimal comma. -#}
{% macro duckdb__to_money(column) -%}
    coalesce(
        try_cast(trim(cast({{ column }} as varchar)) as decimal(38, 12)),
        case
            when regexp_matches(trim(cast({{ column }} as varchar)), '^-?[$€£]? ?-?(\d{1,3}(,\d{3})+|\d+)\.\d+$')
                then try_cast(regexp_replace(cast({{ column }} as varchar), '[$€£, ]', '', 'g') as decimal(38, 12))
            when regexp_matches(trim(cast({{ column }} as varchar)), '^[$€£]? ?\((\d{1,3}(,\d{3})+|\d+)\.\d+\)$')
                then -try_cast(regexp_replace(cast({{ column }} as varchar), '[$€£, ()]', '', 'g') as decimal(38, 12))
        end
    )
{%- endmacro %}

{#- Spark refuses E-notation in decimal casts of narrow scale: a wider decimal first, then rounded. -#}
{% macro default__to_money(column) -%}
    cast(round(try_cast(trim(cast({{ column }} as string)) as decimal(38, 18)), 12) as decimal(38, 12))
{%- endmacro %}
