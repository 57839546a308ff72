{% macro billed_token_kinds() -%}
    {#- The kinds of tokens a bill knows. -#}
    {{ return(['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output']) }}
{%- endmacro %}

{% macro billed_tokens() -%}
    {#- The disjoint split of the stream -> those kinds, as int_inference__calls has them: media inside input and output, an unknown lifetime as the shorter one. -#}
    input_tokens + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) as input_tokens,
    cache_read_tokens,
    cache_write_5m_tokens + cache_write_unknown_tokens as cache_write_5m_tokens,
    cache_write_1h_tokens,
    output_text_tokens + coalesce(reasoning_tokens, 0) + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) as output_tokens
{%- endmacro %}

{% macro billed_tokens_total(relation) -%}
    {#- All tokens of a record of the stream. -#}
    ({% for column in call_token_columns() %}coalesce({{ relation }}.{{ column }}, 0){{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro bucket_columns() -%}
    {#- The columns of the stream of calls that int_inference__buckets has under the same name. -#}
    {{ return([
        'x_source', 'provider', 'platform', 'account_id', 'region', 'geo_scope', 'model_id_raw', 'inference_profile_arn', 'service_tier', 'operation', 'started_at', 'ended_at',
        'input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens', 'output_tokens', 'request_units', 'credential_id', 'principal_id', 'agent_session_id',
        'agent_name', 'tags',
    ]) }}
{%- endmacro %}
