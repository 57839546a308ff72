{% macro hashed_tags(entries, keys) -%}
    {#- The values of the keys that match, as a hash: two lines of one person still agree, and the person is not named. keys: a regex over the cleaned key. -#}
    {{ return(adapter.dispatch('hashed_tags')(entries, keys)) }}
{%- endmacro %}

{% macro duckdb__hashed_tags(entries, keys) -%}
    list_transform({{ entries }}, lambda e: struct_pack(
        clean_key := e.clean_key,
        precedence := e.precedence,
        is_unclean := e.is_unclean,
        raw_key := e.raw_key,
        tag_value := case when regexp_matches(e.clean_key, '{{ keys }}') then 'sha256:' || sha256(lower(e.tag_value)) else e.tag_value end
    ))
{%- endmacro %}

{% macro default__hashed_tags(entries, keys) -%}
    transform({{ entries }}, e -> named_struct(
        'clean_key', e.clean_key,
        'precedence', e.precedence,
        'is_unclean', e.is_unclean,
        'raw_key', e.raw_key,
        'tag_value', case when e.clean_key rlike '{{ keys }}' then concat('sha256:', sha2(lower(e.tag_value), 256)) else e.tag_value end
    ))
{%- endmacro %}

{% macro oci_service_category(service) -%}
    {#- FOCUS service categories of the services AI spend meets; everything else is Other. -#}
    case
        when {{ service }} like '%GENERATIVE%' or {{ service }} like '%AI%LANGUAGE%' or {{ service }} like 'DATA_SCIENCE%' then 'AI and Machine Learning'
        when {{ service }} in ('COMPUTE', 'CONTAINER_ENGINE', 'FUNCTIONS', 'OKE') then 'Compute'
        when {{ service }} in ('OBJECTSTORE', 'OBJECT_STORAGE', 'BLOCK_STORAGE', 'FILE_STORAGE') then 'Storage'
        when {{ service }} in ('DATABASE', 'MYSQL', 'POSTGRESQL', 'NOSQL') then 'Databases'
        when {{ service }} in ('NETWORK', 'LOAD_BALANCER', 'DNS', 'FASTCONNECT') then 'Networking'
        when {{ service }} in ('TELEMETRY', 'LOGGING', 'LOGGING_ANALYTICS') then 'Management and Governance'
        else 'Other'
    end
{%- endmacro %}
