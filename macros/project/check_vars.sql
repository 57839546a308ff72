{% macro check_vars() -%}
    {#- Stops the run before any work when a var can not mean anything, naming the var and the fix. -#}
    {%- set currency = var('reporting_currency') | string -%}
    {%- if not modules.re.match('^[A-Z]{3}$', currency) -%}
        {{ exceptions.raise_compiler_error("var reporting_currency is '" ~ currency ~ "': give a three-letter ISO 4217 code in capitals, such as USD") }}
    {%- endif -%}
    {%- if var('charges_materialized') not in ['view', 'table'] -%}
        {{ exceptions.raise_compiler_error("var charges_materialized is '" ~ var('charges_materialized') ~ "': write view or table") }}
    {%- endif -%}
{%- endmacro %}
