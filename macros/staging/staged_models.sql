{% macro staged_models() -%}
    {#- Every staging model of the landing zone; a new source is one more name here and its unread rows are seen. -#}
    {{ return(charge_sources() + call_sources() + bucket_sources() + [
        'stg_langfuse__traces',
        'stg_aws__split_line_items',
        'stg_agents__agent_runs', 'stg_bedrock__inference_profiles',
        'stg_kubernetes__gpu_pods', 'stg_kubernetes__node_hours', 'stg_sagemaker__training_jobs', 'stg_sagemaker__endpoints', 'stg_dcgm__gpu_samples', 'stg_kubernetes__state_metrics',
        'stg_opencost__allocations', 'stg_slurm__jobs',
        'stg_vector__queries', 'stg_vector__indexes', 'stg_storage__objects', 'stg_storage__volumes', 'stg_storage__log_groups',
        'stg_storage__s3_inventory', 'stg_storage__gcs_inventory', 'stg_storage__blob_inventory', 'stg_storage__storage_lens',
        'stg_network__vpc_flow_logs', 'stg_network__gcp_flow_logs', 'stg_network__azure_flow_logs', 'stg_business__outcomes',
        'stg_policy__scenarios', 'stg_policy__accepted_savings',
        'stg_rates__exchange_rates', 'stg_focus__invoice_details', 'stg_focus__billing_periods',
        'stg_policy__owner_rules', 'stg_policy__allocation_rules', 'stg_policy__allocation_rule_targets', 'stg_policy__outcome_definitions',
        'stg_policy__exchange_rates', 'stg_policy__contract_prices', 'stg_policy__network_interfaces', 'stg_policy__team_renames', 'stg_policy__close',
        'stg_policy__source_precedence', 'stg_policy__tag_activations', 'stg_policy__inference_profiles', 'stg_policy__provisioned_capacity', 'stg_policy__checkpoint_paths',
        'stg_policy__budgets',
    ]) }}
{%- endmacro %}
