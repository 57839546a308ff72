{% macro scenario_token_parts() -%}
    {#- What one plain query sends: component, service tier, token kind, and its tokens as SQL over int_scenarios__inputs. {hit} stands for the share of the cached prefix that is read. -#}
    {%- set input = '(prompt_tokens + retrieved_tokens)' -%}
    {%- set prefix = input ~ ' * cached_share * (1 - batch_input_share)' -%}
    {{ return([
        ['input', 'standard', 'input', input ~ ' * (1 - cached_share) * (1 - batch_input_share)'],
        ['cache_read', 'standard', 'cache_read', prefix ~ ' * {hit}'],
        ['cache_write', 'standard', 'cache_write_5m', prefix ~ ' * (1 - {hit})'],
        ['batch_input', 'batch', 'input', input ~ ' * batch_input_share'],
        ['output', 'standard', 'output', 'output_tokens * (1 - batch_output_share)'],
        ['batch_output', 'batch', 'output', 'output_tokens * batch_output_share'],
    ]) }}
{%- endmacro %}

{% macro scenario_tokens(queries, tokens, times, hit, amplification) -%}
    {#- Whole tokens a month; a double is exact for them up to 9e15. -#}
    cast(round(cast({{ queries }} as double) * {{ tokens | replace('{hit}', hit) }} * {{ times | replace('{amplification}', amplification) }}) as bigint)
{%- endmacro %}
