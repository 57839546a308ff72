{% macro allocation_columns() -%}
    {#- What every step of the ladder returns, in this order, so that the ladder is a plain union. -#}
    {{ return(
        ['pool_id', 'allocation_step', 'allocation_method', 'rule_id', 'evidence_grade', 'reason']
        + consumer_columns()
        + ['key_level', 'driver', 'driver_units', 'driver_units_total', 'share']
        + money_columns()
        + ['memo_units']
    ) }}
{%- endmacro %}
