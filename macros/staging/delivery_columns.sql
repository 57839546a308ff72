{% macro delivery_columns() -%}
    {#- What names one delivery of one statement. -#}
    {{ return(['x_source', 'x_report', 'x_delivery', 'provider', 'billing_account_id', 'billing_period_start', 'x_statement']) }}
{%- endmacro %}

{% macro same_delivery(one, other) -%}
    {#- Join condition: two relations speak of one delivery of one statement. Most names are never null; provider and statement may be. -#}
    {% for column in delivery_columns() -%}
    {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro spend_columns() -%}
    {#- What names a spend that two bills may state: the grain at which int_charges__precedence puts one of them out. -#}
    {{ return(['epoch', 'x_source', 'provider', 'billing_account_id', 'sub_account_id', 'billing_period_start', 'service_name']) }}
{%- endmacro %}

{% macro same_spend(one, other, epoch_of=none) -%}
    {#- Join condition: two relations speak of one spend in one epoch. epoch_of: who knows the epoch, when it is not the first. -#}
    {% for column in spend_columns() -%}
    {{ epoch_of if epoch_of and column == 'epoch' else one }}.{{ column }} is not distinct from {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
