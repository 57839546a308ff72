{% macro charge_owner_key() -%}
    {#- The evidence of ownership that stands on a bill line itself. -#}
    {{ row_hash(['tags', 'resource_id', 'sub_account_id', 'principal_id', 'credential_id']) }}
{%- endmacro %}
