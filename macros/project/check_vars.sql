{% macro check_vars() -%}
    {#- Stops the run before any work when a var can not mean anything, naming the var and the fix. -#}
    {%- set currency = var('reporting_currency') | string -%}
    {%- if not modules.re.match('^[A-Z]{3}$', currency) -%}
        {{ exceptions.raise_compiler_error("var reporting_currency is '" ~ currency ~ "': give a three-letter ISO 4217 code in capitals, such as USD") }}
    {%- endif -%}
    {%- for name in ['charges_materialized', 'call_costs_materialized'] -%}
    {%- if var(name) not in ['view', 'table'] -%}
        {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ var(name) ~ "': write view or table") }}
    {%- endif -%}
    {%- endfor -%}
    {%- set caps = var('agent_step_caps') -%}
    {%- if caps is string or caps is not sequence or caps | reject('integer') | list or (caps | length > 0 and caps | min < 1) or caps | length == 0 -%}
        {{ exceptions.raise_compiler_error("var agent_step_caps is '" ~ caps ~ "': give a list of whole numbers above 0, such as [5, 6, 7, 8]") }}
    {%- endif -%}
    {%- for name in ['agent_runaway_calls', 'agent_runaway_context_growth', 'agent_runaway_output_share'] -%}
    {%- if var(name) is not number or var(name) <= 0 -%}
        {{ exceptions.raise_compiler_error("var " ~ name ~ " is '" ~ var(name) ~ "': give a number above 0") }}
    {%- endif -%}
    {%- endfor -%}
    {%- set constant = var('constant_rate_date') -%}
    {%- if constant is not none and not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', constant | string) -%}
        {{ exceptions.raise_compiler_error("var constant_rate_date is '" ~ constant ~ "': give the day whose rates convert everything as 2026-10-01, or null for the rate of each charge's own day") }}
    {%- endif -%}
    {%- set known = var('prices_known_at') -%}
    {%- if known is not none and not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', known | string) -%}
        {{ exceptions.raise_compiler_error("var prices_known_at is '" ~ known ~ "': give the day as of whose knowledge usage is priced, as 2026-07-15, or null for what the last price refresh knows") }}
    {%- endif -%}
    {%- set share = var('unpriced_tokens_max_share') -%}
    {%- if share is not number or share < 0 or share > 1 -%}
        {{ exceptions.raise_compiler_error("var unpriced_tokens_max_share is '" ~ share ~ "': give the share of a provider's tokens in a month that may lack a price, from 0 (none) to 1, such as 0.01") }}
    {%- endif -%}
{%- endmacro %}
