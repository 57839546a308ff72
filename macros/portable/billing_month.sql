{% macro billing_month(period_start) -%}
    {#- First day of the month a billing period belongs to. Providers begin it at midnight of their own zone, up to 14 hours either side of UTC;
        a period that begins inside a month belongs to that month. -#}
    cast(date_trunc('month', {{ period_start }} + interval '14' hour) as date)
{%- endmacro %}
