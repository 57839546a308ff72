{% macro sku_key_columns(model) -%}
    {#- The columns of a staging model that decide its sku_columns(). AWS makes its text of two columns, and putting it together for every line costs more than reading them. -#}
    {{ return(
        ['provider', 'service_name', 'sku_meter', 'charge_description', 'x_line_item_type', 'pricing_unit', 'resource_type'] if model == 'stg_aws__cur2_line_items' else sku_columns()
    ) }}
{%- endmacro %}

{% macro sku_columns() -%}
    {#- What a bill line says of what was sold: rules classify each distinct combination once. -#}
    {{ return(['provider', 'service_name', 'x_sku_text', 'bill_model_id', 'bill_token_direction', 'bill_token_cache_action', 'consumed_unit', 'x_unit_text', 'resource_type']) }}
{%- endmacro %}
