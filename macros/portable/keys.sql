{% macro surrogate_key(columns) -%}
    {#- md5 over the columns; null and empty differ. -#}
    md5(concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as varchar), '~null~'){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{% macro match_key(columns) -%}
    {#- A readable join key, blind to case and spaces ('East US 2' is 'eastus2'); null as soon as one part is unknown,
        so that an unknown account never matches another unknown account. -#}
    replace(lower({% for column in columns %}cast({{ column }} as varchar){{ " || '|' || " if not loop.last }}{% endfor %}), ' ', '')
{%- endmacro %}
