{#- The keys under which a pool looks for its driver, best first, per driver kind. The layers' driver models write the same keys.
    Level 1 is exact; a later level leaves out what the telemetry may not know and costs the row its evidence grade. -#}
{% macro pool_match_keys() -%}
    {{ return({
        'tokens': [
            ['provider', 'sub_account_id', 'region_id', 'model_id', 'token_kind', 'service_tier', 'routing'],
            ['provider', 'model_id', 'token_kind', 'service_tier', 'routing'],
            ['provider', 'model_id', 'token_kind', 'service_tier'],
        ],
        'gpu': [
            ['resource_key'],
            ['provider', 'sub_account_id', 'region_id', 'instance_type'],
            ['provider', 'sub_account_id'],
        ],
        'retrieval': [
            ['driver_kind', 'provider', 'resource_key'],
            ['driver_kind', 'provider', 'sub_account_id', 'region_id'],
            ['driver_floor_kind', 'provider'],
        ],
        'storage': [
            ['driver_kind', 'resource_key'],
            ['driver_kind', 'provider', 'sub_account_id', 'region_id'],
            ['driver_kind', 'provider'],
        ],
        'egress': [
            ['driver_kind', 'provider', 'sub_account_id', 'region_id', 'resource_key'],
            ['driver_kind', 'provider', 'sub_account_id', 'region_id'],
            ['driver_kind', 'provider'],
        ],
    }) }}
{%- endmacro %}
