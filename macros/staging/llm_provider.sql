{% macro llm_provider(column) -%}
    {#- The system name telemetry gives (OpenTelemetry, LiteLLM or free text) -> who sends the bill: aws, azure, gcp, else the vendor. -#}
    case
        when {{ column }} is null then null
        when lower({{ column }}) in ('aws', 'amazon') or lower({{ column }}) like '%bedrock%' or lower({{ column }}) like 'aws%' or lower({{ column }}) like 'sagemaker%' then 'aws'
        when lower({{ column }}) like 'azure%' or lower({{ column }}) like 'az.%' or lower({{ column }}) = 'microsoft' then 'azure'
        when lower({{ column }}) in ('gcp', 'google', 'gemini') or lower({{ column }}) like 'gcp.%' or lower({{ column }}) like 'vertex%' then 'gcp'
        else {{ apportion.lower_snake(column) }}
    end
{%- endmacro %}

{% macro llm_platform(column) -%}
    {#- The service a call went through: bedrock, azure_openai, vertex_ai, gemini, else direct (the vendor's own API). -#}
    case
        when {{ column }} is null then null
        when lower({{ column }}) like '%bedrock%' then 'bedrock'
        when lower({{ column }}) like 'sagemaker%' then 'sagemaker'
        when lower({{ column }}) like 'azure%' or lower({{ column }}) like 'az.%' then 'azure_openai'
        when lower({{ column }}) in ('gemini', 'gcp.gemini') then 'gemini'
        when lower({{ column }}) like 'gcp%' or lower({{ column }}) like 'vertex%' then 'vertex_ai'
        else 'direct'
    end
{%- endmacro %}

{% macro bedrock_geo_scope(model_column) -%}
    {#- A system inference profile names its geography in front of the model id; a bare model id is served in the calling region; an opaque ARN tells nothing (null). -#}
    case
        when {{ model_column }} is null or {{ apportion.bedrock_is_opaque(model_column) }} then null
        when regexp_matches({{ model_column }}, '(^|/)global\.') then 'global'
        when regexp_matches({{ model_column }}, '(^|/)(us|eu|apac|au|jp|ca|us-gov)\.') then 'geo'
        else 'in_region'
    end
{%- endmacro %}

{% macro bedrock_profile_arn(model_column) -%}
    {#- The ARN a call was made with, where it is no model itself: a system or application inference profile, provisioned throughput, a custom or imported model, a prompt router. -#}
    case
        when {{ model_column }} like 'arn:aws%' and ({{ model_column }} like '%:inference-profile/%' or {{ apportion.bedrock_is_opaque(model_column) }}) then {{ model_column }}
    end
{%- endmacro %}

{% macro bedrock_is_opaque(model_column) -%}
    {#- Does the ARN say nothing certain about the model behind it. A custom model's ARN names the model it was made from, which is not what it costs. -#}
    regexp_matches({{ model_column }}, ':(application-inference-profile|provisioned-model|custom-model|custom-model-deployment|imported-model|(default-)?prompt-router|endpoint)/')
{%- endmacro %}

{% macro service_tier(column) -%}
    {#- Providers' words for the price tier -> standard, batch, flex, priority; on Bedrock also latency_optimized and reserved; provisioned for capacity
        bought by the hour (OpenAI says scale). Silence, `auto` and `default` are the standard price. -#}
    case
        when {{ column }} is null or lower({{ column }}) in ('', 'auto', 'default', 'standard', 'on_demand', 'on-demand') then 'standard'
        when lower({{ column }}) in ('scale', 'ptu', 'provisioned') or lower({{ column }}) like 'provisioned%' then 'provisioned'
        when lower({{ column }}) like '%batch%' then 'batch'
        when lower({{ column }}) in ('optimized', 'latency-optimized', 'latency_optimized') then 'latency_optimized'
        else lower({{ column }})
    end
{%- endmacro %}
