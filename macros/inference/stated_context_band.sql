{#- The context band a usage bucket tells of itself: '200k-1M' holds requests of more than 200,000 input tokens, '0-200k' is the base band; null where it says nothing. -#}
{% macro stated_context_band(tags) -%}
    {%- set stated = apportion.tag_value(tags, ['context_window']) -%}
    case
        when {{ stated }} like '0-%' then cast(0 as bigint)
        else try_cast(split_part(lower({{ stated }}), 'k-', 1) as bigint) * 1000 + 1
    end
{%- endmacro %}
