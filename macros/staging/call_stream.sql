{#- The one shape every record of LLM usage is staged to. A new kind of telemetry is one more staging model with these columns and one more name in call_sources(). -#}

{% macro call_sources() -%}
    {#- The provider's own log first, then the gateway, then who calls: of records that tell the same tokens the earlier source speaks. -#}
    {{ return([
        'stg_bedrock__llm_calls',
        'stg_vertex__llm_calls',
        'stg_litellm__llm_calls',
        'stg_helicone__llm_calls',
        'stg_otel__llm_calls',
        'stg_langfuse__llm_calls',
        'stg_canonical__llm_calls',
    ]) }}
{%- endmacro %}

{% macro bucket_sources() -%}
    {#- The staging models of the same shape whose rows are sums of a time span: what the provider itself counts first, then what a gateway counts. -#}
    {{ return([
        'stg_openai__llm_calls',
        'stg_anthropic__llm_calls',
        'stg_azure_apim__llm_calls',
    ]) }}
{%- endmacro %}

{% macro call_columns() -%}
    {{ return([
        'x_source', 'x_source_file', 'x_source_row_number', 'x_quarantine_reason',
        'call_id', 'record_kind', 'request_count', 'provider', 'platform', 'account_id', 'region', 'geo_scope', 'model_id_raw', 'inference_profile_arn',
        'service_tier', 'operation', 'started_at', 'ended_at', 'status', 'is_gateway_cache_hit', 'attempt_number',
    ] + call_token_columns() + [
        'retrieved_context_tokens', 'input_tokens_raw', 'output_tokens_raw', 'token_convention', 'tokens_reconcile', 'request_units', 'reported_cost_usd',
        'credential_id', 'principal_id', 'agent_session_id', 'agent_name', 'workflow_name', 'step_name', 'trace_id', 'span_id', 'parent_span_id', 'tags',
    ]) }}
{%- endmacro %}

{% macro call_token_columns() -%}
    {#- The disjoint split: every token of a call is in one of these. -#}
    {{ return([
        'input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens', 'cache_write_unknown_tokens', 'input_audio_tokens', 'input_image_tokens',
        'output_text_tokens', 'reasoning_tokens', 'output_audio_tokens', 'output_image_tokens',
    ]) }}
{%- endmacro %}

{% macro absent_call_columns(columns) -%}
    {#- Typed nulls for what a source does not tell. -#}
    {%- set types = {'attempt_number': 'bigint', 'request_count': 'bigint', 'request_units': 'decimal(38, 12)', 'reported_cost_usd': 'decimal(38, 12)', 'tokens_reconcile': 'boolean', 'ended_at': 'timestamp'} -%}
    {% for column in columns -%}
    cast(null as {{ types.get(column, 'bigint' if column.endswith('_tokens') else 'varchar') }}) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro call_key() -%}
    {#-
        What makes two records the same call. The id of a response is one response, whoever logs it: a client may name the gateway as the provider. Other ids are told apart by provider.
        A record without an id is known by its content, so that a file delivered twice still counts once.
    -#}
    case
        when call_id <> '' then {{ apportion.record_key() }}
        else {{ apportion.surrogate_key([
            'provider', 'account_id', 'region', 'model_id_raw', 'started_at', 'ended_at', 'input_tokens', 'cache_read_tokens', 'output_text_tokens',
            'agent_session_id', 'credential_id', 'principal_id', 'span_id',
        ]) }}
    end
{%- endmacro %}

{% macro record_key() -%}
    {#- The same, of records that all have an id. -#}
    case
        when left(call_id, 9) = 'chatcmpl-' or left(call_id, 4) in ('msg_', 'gen-') or left(call_id, 5) = 'resp_' then call_id
        else coalesce(provider, '') || '|' || call_id
    end
{%- endmacro %}

{% macro call_record_columns() -%}
    {#- The columns of int_inference__calls that a record has by itself. -#}
    {{ return([
        'call_id', 'record_kind', 'request_count', 'x_source', 'provider', 'platform', 'account_id', 'region', 'geo_scope', 'model_id_raw', 'inference_profile_arn', 'service_tier',
        'operation', 'started_at', 'ended_at', 'status', 'is_gateway_cache_hit', 'attempt_number',
        'input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens', 'output_tokens', 'cache_write_unknown_tokens', 'input_audio_tokens', 'input_image_tokens',
        'reasoning_tokens', 'output_audio_tokens', 'output_image_tokens', 'retrieved_context_tokens', 'input_tokens_raw', 'output_tokens_raw', 'token_convention', 'tokens_reconcile',
        'request_units', 'reported_cost_usd', 'credential_id', 'principal_id', 'agent_session_id', 'agent_name', 'workflow_name', 'step_name', 'trace_id', 'span_id', 'parent_span_id', 'tags',
    ]) }}
{%- endmacro %}
