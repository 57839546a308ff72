{#- What each usage model knows about who used it, besides its tags: rule match_type -> column. A new source of usage is one more line. -#}
{% macro usage_evidence() -%}
    {{ return({
        'int_inference__usage_hourly': {
            'session': 'agent_session_id', 'agent': 'agent_name', 'credential': 'credential_id', 'principal': 'principal_id', 'account': 'account_id',
        },
        'int_gpu__usage_hourly': {'namespace': 'namespace', 'resource': 'resource_id', 'account': 'account_id'},
        'int_gpu__split_usage': {'namespace': 'namespace', 'resource': 'resource_id', 'account': 'account_id'},
        'int_retrieval__usage_hourly': {
            'session': 'agent_session_id', 'index': 'index_name', 'agent': 'agent_name', 'credential': 'credential_id', 'principal': 'principal_id', 'account': 'account_id',
        },
        'int_storage__usage_daily': {'prefix': 'prefix', 'bucket': 'bucket', 'log_group': 'log_group', 'resource': 'resource_id', 'account': 'account_id'},
        'int_egress__usage_hourly': {'interface': 'interface_id', 'resource': 'resource_id', 'account': 'account_id'},
    }) }}
{%- endmacro %}

{% macro usage_owner_key(model_name) -%}
    {{ surrogate_key(['tags'] + (usage_evidence()[model_name].values() | list)) }}
{%- endmacro %}
