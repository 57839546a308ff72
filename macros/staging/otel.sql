{% macro otel_convention() -%}
    {#- What the input of a span holds, over the columns of a span and of split_call_tokens. -#}
    case
        when split_cached > split_input then 'exclusive'
        when split_cached = 0 or platform <> 'bedrock' then 'inclusive'
        when split_total = split_input + split_cached + coalesce(split_output, 0) then 'exclusive'
        when scope_name is null then 'ambiguous'
        when not regexp_matches(scope_name, '^opentelemetry[._-]instrumentation[._-]bedrock') then 'inclusive'
        when coalesce(try_cast(regexp_extract(scope_version, '^0[.]([0-9]+)', 1) as integer), 0) <= 62 and coalesce(scope_version, '0.') like '0.%' then 'exclusive'
        else 'ambiguous'
    end
{%- endmacro %}
