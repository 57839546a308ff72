{#- What a bill's quantity means in base units, by int_charges__units (relation alias `units`). A line that bills one kind of token is in tokens, or in reserved tokens per minute and hour:
    any other reading of its unit would be a guess, and a factor of a thousand. -#}

{% macro unit_key() -%}
    {{ surrogate_key(['provider', 'consumed_unit', 'x_sku_text', 'x_unit_text']) }}
{%- endmacro %}

{% macro metered_unit(units, token_kind) -%}
    case when {{ token_kind }} is null or {{ units }}.base_unit in ('tokens', 'tpm_hours') then {{ units }}.base_unit end
{%- endmacro %}

{% macro normalised_quantity(quantity, units, token_kind) -%}
    {#- The quantity in metered_unit, decimal(38, 12); null where the unit is not known. Whole numbers above and below, so that a second is exactly 1/3600 of an hour. -#}
    case
        when {{ metered_unit(units, token_kind) }} is not null then {{ scaled_quantity(quantity, units ~ '.unit_multiplier', units ~ '.unit_divisor') }}
    end
{%- endmacro %}

{% macro scaled_quantity(quantity, multiplier, divisor) -%}
    {{ return(adapter.dispatch('scaled_quantity', 'apportion')(quantity, multiplier, divisor)) }}
{%- endmacro %}

{#- mul_div serves amounts below 10^14; a month of storage in byte-seconds is larger. So whole divisors first, then what is left of one. -#}
{% macro duckdb__scaled_quantity(quantity, multiplier, divisor) -%}
    {%- set whole = 'cast(floor(abs(' ~ quantity ~ ')) as hugeint)' -%}
    cast(
        sign({{ quantity }}) * (
            cast(({{ whole }} // {{ divisor }}) * {{ multiplier }} as decimal(38, 12))
            + {{ mul_div('cast(' ~ whole ~ ' % ' ~ divisor ~ ' + abs(' ~ quantity ~ ') - floor(abs(' ~ quantity ~ ')) as decimal(38, 12))', multiplier, divisor) }}
        ) as decimal(38, 12)
    )
{%- endmacro %}

{% macro default__scaled_quantity(quantity, multiplier, divisor) -%}
    cast(round(cast({{ quantity }} as decimal(38, 12)) * {{ multiplier }} / {{ divisor }}, 12) as decimal(38, 12))
{%- endmacro %}
