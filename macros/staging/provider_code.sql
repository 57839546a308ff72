{% macro provider_code(column) -%}
    {#- A party's name as the bill prints it -> the short code used everywhere: aws, gcp, azure, oci and the AI vendors under whatever legal form, else lower_snake of the name. -#}
    case
        when {{ column }} is null then null
        when lower(trim({{ column }})) in ('aws', 'amazon', 'amazon web services', 'amazon web services, inc.', 'aws marketplace') or lower({{ column }}) like 'amazon web services%' then 'aws'
        when lower(trim({{ column }})) in ('microsoft', 'azure', 'microsoft azure', 'microsoft corporation') then 'azure'
        when lower(trim({{ column }})) in ('google', 'gcp', 'google cloud', 'google cloud platform', 'google llc') then 'gcp'
        when lower(trim({{ column }})) in ('oracle', 'oci', 'oracle cloud', 'oracle cloud infrastructure') then 'oci'
        {#- Vendors sign with a legal form or a product: OpenAI, LLC; Anthropic, PBC; Pinecone Systems, Inc.; Lambda Cloud. #}
        {% for name, code in [
            ('openai', 'openai'), ('anthropic', 'anthropic'), ('pinecone', 'pinecone'), ('coreweave', 'coreweave'), ('lambda', 'lambda_labs'),
            ('runpod', 'runpod'), ('crusoe', 'crusoe'), ('nebius', 'nebius'),
        ] -%}
        when lower(trim({{ column }})) = '{{ name }}' or lower(trim({{ column }})) like '{{ name }} %' or lower(trim({{ column }})) like '{{ name }},%' then '{{ code }}'
        {% endfor -%}
        else {{ apportion.lower_snake(column) }}
    end
{%- endmacro %}

{% macro lower_snake(column) -%}
    {{ return(adapter.dispatch('lower_snake')(column)) }}
{%- endmacro %}

{% macro duckdb__lower_snake(column) -%}
    nullif(trim(regexp_replace(lower({{ column }}), '[^a-z0-9]+', '_', 'g'), '_'), '')
{%- endmacro %}

{% macro default__lower_snake(column) -%}
    nullif(trim(both '_' from regexp_replace(lower({{ column }}), '[^a-z0-9]+', '_')), '')
{%- endmacro %}

{% macro account_name(column) -%}
    {#- A billing account as every system knows it: the last part of a path ('/providers/Microsoft.Billing/billingAccounts/7004411' is 7004411), in lower case. -#}
    lower(regexp_extract(trim({{ column }}), '([^/]+)/*$', 1))
{%- endmacro %}
