{% macro convert_currency(amount, rate) -%}
    {#- amount * rate at twelve decimals. The product of two decimal(38, 12) has scale 24 and would leave 14 integer digits, hence mul_div. -#}
    case
        when {{ rate }} = 1 then {{ amount }}
        else {{ mul_div(amount, 'cast(' ~ rate ~ ' * 1000000000000 as decimal(38, 0))', 'cast(1000000000000 as decimal(38, 0))') }}
    end
{%- endmacro %}
