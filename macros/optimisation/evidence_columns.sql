{% macro evidence_columns() -%}
    {#- What every model of opportunities returns, in order, so that their union is plain. -#}
    {{ return([
        'kind', 'layer', 'provider', 'sub_account_id', 'region_id', 'subject', 'team', 'feature', 'billing_month', 'overlap_key', 'evidence', 'evidence_rows',
        'current_cost_reporting', 'saving_low_reporting', 'saving_reporting', 'saving_high_reporting',
    ]) }}
{%- endmacro %}
