{#- The keys under which a pool looks for its driver, best first, per driver kind. The layers' driver models write the same keys.
    Level 1 is exact; a later level leaves out what the telemetry may not know and costs the row its evidence grade. -#}
{% macro pool_match_keys() -%}
    {{ return({
        'tokens': [
            ['provider', 'account_key', 'region_id', 'model_id', 'token_kind', 'service_tier', 'routing'],
            ['provider', 'model_id', 'token_kind', 'service_tier', 'routing'],
            ['provider', 'model_id', 'token_kind', 'service_tier'],
        ],
        'throughput': [
            ['driver_kind', 'provider', 'resource_key'],
            ['driver_kind', 'provider', 'account_key', 'region_id', 'capacity_model', 'capacity_kind'],
            ['driver_kind', 'provider', 'capacity_account', 'capacity_model', 'capacity_kind'],
        ],
        'gpu': [
            ['provider', 'resource_key'],
            ['provider', 'account_key', 'region_id', 'instance_type'],
            ['provider', 'account_key'],
        ],
        'retrieval': [
            ['driver_kind', 'provider', 'resource_key'],
            ['driver_kind', 'provider', 'account_key', 'region_id'],
            ['driver_floor_kind', 'provider', 'account_key'],
        ],
        'storage': [
            ['driver_kind', 'provider', 'account_key', 'resource_key'],
            ['driver_kind', 'provider', 'account_key', 'region_id'],
            ['driver_kind', 'provider'],
        ],
        'egress': [
            ['driver_kind', 'provider', 'account_key', 'region_id', 'resource_key'],
            ['driver_kind', 'provider', 'account_key', 'region_id'],
            ['driver_kind', 'provider'],
        ],
    }) }}
{%- endmacro %}
