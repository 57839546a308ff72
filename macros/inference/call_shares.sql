{% macro call_amounts() -%}
    {#- What a call costs: the effective amount, the billed one, and the part of the effective one that is an estimate. All in the reporting currency. -#}
    {{ return(['effective', 'billed', 'estimated']) }}
{%- endmacro %}

{% macro call_tokens(calls) -%}
    ({% for kind in billed_token_kinds() %}{{ calls }}.{{ kind }}_tokens{{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro call_share_units(calls, rates, amount) -%}
    {#- A call's share of each kind of tokens of its group, added up, in whole units cut towards zero. The remainder of the group is handed to its largest call. -#}
    (
        {%- for kind in billed_token_kinds() %}
        case
            when {{ calls }}.{{ kind }}_tokens > 0 and {{ rates }}.{{ kind }}_{{ amount }}_units <> 0
                then {{ whole_share(rates ~ '.' ~ kind ~ '_' ~ amount ~ '_units', calls ~ '.' ~ kind ~ '_tokens', rates ~ '.' ~ kind ~ '_tokens') }}
            else 0
        end{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro group_units(rates, amount) -%}
    ({% for kind in billed_token_kinds() %}{{ rates }}.{{ kind }}_{{ amount }}_units{{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro kind_units(kind, amount) -%}
    {#- What one kind of tokens of a group cost, over the rows of int_inference__usage_costs, in whole units. -#}
    {%- set column = 'billed_cost_reporting' if amount == 'billed' else 'effective_cost_reporting' -%}
    {%- set estimates = " and cost_basis = 'estimated'" if amount == 'estimated' else '' -%}
    {{ amount_units("sum(case when token_kind = '" ~ kind ~ "'" ~ estimates ~ " then " ~ column ~ " else 0 end)") }}
{%- endmacro %}
