{% macro settled_columns(charges, pairs) -%}
    {#- The columns of a line with the amounts it speaks for: of a pair of exports, actual and amortised, one line is billed cost and its twin effective cost. -#}
    {{ charges }}.x_charge_id,
    {% for column in charge_columns() -%}
    {% if column == 'billed_cost' -%}
    case when {{ pairs }}.speaks_for = 'effective' then cast(0 as decimal(38, 12)) else {{ charges }}.billed_cost end as billed_cost
    {%- elif column in ['effective_cost', 'list_cost', 'contracted_cost'] -%}
    case when {{ pairs }}.speaks_for = 'billed' then cast(0 as decimal(38, 12)) else {{ charges }}.{{ column }} end as {{ column }}
    {%- else -%}
    {{ charges }}.{{ column }}
    {%- endif -%}
    {{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
