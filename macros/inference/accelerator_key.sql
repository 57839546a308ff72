{% macro accelerator_key() -%}
    {#- The key of int_charges__accelerators, over the columns of a charge. -#}
    {{ surrogate_key(['provider', 'resource_type', 'x_sku_text']) }}
{%- endmacro %}
