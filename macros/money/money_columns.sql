{% macro money_columns() -%}
    {#- The amounts every step of the chain carries. Each is conserved on its own; they are never added to each other. -#}
    {{ return(['billed_cost', 'effective_cost', 'list_cost', 'billed_cost_reporting', 'effective_cost_reporting', 'list_cost_reporting']) }}
{%- endmacro %}

{% macro consumer_columns() -%}
    {#- Who used it. A row of the ledger has one value of each. -#}
    {{ return(['team', 'feature', 'environment', 'workload', 'agent_session_id', 'is_amplified']) }}
{%- endmacro %}

{% macro carried_amounts() -%}
    {#- The amounts of storage reports: what is paid and what it costs, in both currencies. -#}
    {{ return(['billed_cost', 'effective_cost', 'billed_cost_reporting', 'effective_cost_reporting']) }}
{%- endmacro %}
