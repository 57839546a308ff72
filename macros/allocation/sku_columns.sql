{% macro sku_columns() -%}
    {#- What a bill line says of what was sold: rules classify each distinct combination once. -#}
    {{ return(['provider', 'service_name', 'x_sku_text', 'bill_model_id', 'bill_token_direction', 'bill_token_cache_action', 'consumed_unit', 'x_unit_text', 'resource_type']) }}
{%- endmacro %}
