{% macro charge_owner_key() -%}
    {#- The evidence of ownership that stands on a bill line itself. -#}
    {{ surrogate_key(['tags', 'resource_id', 'sub_account_id', 'principal_id', 'credential_id']) }}
{%- endmacro %}
