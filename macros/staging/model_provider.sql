{#- Who sends the bill and through which service, told by the name of the model alone: for stores of traces that keep no provider. An unknown name gives null, never a guess. -#}

{% macro model_provider(column) -%}
    case
        when regexp_matches(lower({{ column }}), '^(bedrock|bedrock_converse|bedrock_mantle|sagemaker)/|^arn:aws|^(us|eu|apac|au|jp|ca|us-gov|global)[.][a-z0-9]+[.]|^(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer)[.]') then 'aws'
        when regexp_matches(lower({{ column }}), '^(azure|azure_ai|azure_openai)/') then 'azure'
        when regexp_matches(lower({{ column }}), '^(vertex_ai|vertex_ai_beta|gemini|google)/|(^|/)publishers/|^gemini-|^claude.*@20[0-9]{6}$') then 'gcp'
        when lower({{ column }}) like '%/%' then {{ apportion.llm_provider("split_part(" ~ column ~ ", '/', 1)") }}
        when lower({{ column }}) like 'claude-%' then 'anthropic'
        when regexp_matches(lower({{ column }}), '^(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-(3|ada)|davinci|computer-use|codex-)') then 'openai'
        when lower({{ column }}) like 'deepseek-%' then 'deepseek'
        when regexp_matches(lower({{ column }}), '^(mistral-|codestral|ministral|pixtral|magistral)') then 'mistral'
        when regexp_matches(lower({{ column }}), '^(command-|embed-|rerank-)') then 'cohere'
        when lower({{ column }}) like 'grok-%' then 'xai'
    end
{%- endmacro %}

{% macro model_platform(column) -%}
    case
        when regexp_matches(lower({{ column }}), '^sagemaker/') then 'sagemaker'
        when regexp_matches(lower({{ column }}), '^gemini/') then 'gemini'
        when {{ apportion.model_provider(column) }} = 'aws' then 'bedrock'
        when {{ apportion.model_provider(column) }} = 'azure' then 'azure_openai'
        when {{ apportion.model_provider(column) }} = 'gcp' then 'vertex_ai'
        when {{ apportion.model_provider(column) }} is not null then 'direct'
    end
{%- endmacro %}
