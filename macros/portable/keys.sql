{% macro surrogate_key(columns) -%}
    {#- md5 over the columns; null and empty differ. -#}
    md5(concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as varchar), '~null~'){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{% macro match_key(columns) -%}
    {#- A readable join key, blind to case and spaces ('East US 2' is 'eastus2'); null as soon as one part is unknown,
        so that an unknown account never matches another unknown account. -#}
    replace(lower({% for column in columns %}cast({{ column }} as varchar){{ " || '|' || " if not loop.last }}{% endfor %}), ' ', '')
{%- endmacro %}

{% macro row_hash(columns) -%}
    {#- A join key inside one build, quicker than surrogate_key by an order of magnitude; it may differ between versions of the engine and is never shown. -#}
    {{ return(adapter.dispatch('row_hash', 'apportion')(columns)) }}
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    {{ surrogate_key(columns) }}
{%- endmacro %}

{% macro text_fingerprint(columns) -%}
    {#- A number per row whose sum over rows is the fingerprint of the set, whatever the order: two sets of one sum hold the same rows, but for chance. -#}
    {{ return(adapter.dispatch('text_fingerprint', 'apportion')(columns)) }}
{%- endmacro %}

{% macro duckdb__text_fingerprint(columns) -%}
    cast(cast('0x' || substr({{ surrogate_key(columns) }}, 1, 15) as bigint) as decimal(38, 0))
{%- endmacro %}

{% macro default__text_fingerprint(columns) -%}
    cast(conv(substr({{ surrogate_key(columns) }}, 1, 15), 16, 10) as decimal(38, 0))
{%- endmacro %}
