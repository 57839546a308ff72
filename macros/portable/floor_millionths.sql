{% macro floor_millionths(amount) -%}
    {#- A number cut off after its sixth decimal, as a decimal: parts cut so never add up to more than the whole. -#}
    cast(cast(floor(({{ amount }}) * 1000000) as decimal(38, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(38, 6))
{%- endmacro %}
