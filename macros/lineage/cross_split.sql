{#- Bill lines of a pool on one side, its ledger rows on the other: what each line pays of each row, so that both sides sum exactly.
    With running totals L of the lines and R of the rows, and the pool's total T, F(line, row) = round(L * R / T). What a pair gets is the second difference of F: a line's pairs sum to
    F(line, last row) - F(line before, last row) = L - L before = the line, and in the same way a row's pairs sum to the row. No remainder is left to place. -#}

{% macro cross_split(lines, rows, amount) -%}
    {#- `lines` has <amount>, <amount>_upto and is_last_line; `rows` has <amount>, <amount>_upto, <amount>_total, share_upto and is_last_row. -#}
    case
        when {{ lines }}.pool_lines = 1 then {{ rows }}.{{ amount }}
        when {{ rows }}.pool_rows = 1 then {{ lines }}.{{ amount }}
        else cast(
            {{ cross_corner(lines, rows, amount, false, false) }}
            - {{ cross_corner(lines, rows, amount, true, false) }}
            - {{ cross_corner(lines, rows, amount, false, true) }}
            + {{ cross_corner(lines, rows, amount, true, true) }}
            as decimal(38, 12)
        )
    end
{%- endmacro %}

{% macro cross_corner(lines, rows, amount, line_before, row_before) -%}
    {%- set line = lines ~ '.' ~ amount ~ '_upto' ~ (' - ' ~ lines ~ '.' ~ amount if line_before else '') -%}
    {%- set row = rows ~ '.' ~ amount ~ '_upto' ~ (' - ' ~ rows ~ '.' ~ amount if row_before else '') -%}
    {%- set share = rows ~ '.share_upto' ~ (' - ' ~ rows ~ '.share_units' if row_before else '') -%}
    case
        {% if not row_before -%}
        when {{ rows }}.is_last_row then {{ line }}
        {% endif -%}
        {% if not line_before -%}
        when {{ lines }}.is_last_line then {{ row }}
        {% endif -%}
        -- Lines that cancel out to nothing still have their payers: by share.
        when {{ rows }}.{{ amount }}_total = 0 then {{ mul_div('(' ~ line ~ ')', 'cast(' ~ share ~ ' as decimal(38, 0))', 'cast(1000000000000 as decimal(38, 0))') }}
        else {{ mul_div('(' ~ line ~ ')', money_units(row), money_units(rows ~ '.' ~ amount ~ '_total')) }}
    end
{%- endmacro %}

{% macro money_units(amount) -%}
    {#- An amount without its sign as a whole number of its last decimal place. -#}
    cast(abs({{ amount }}) * 1000000000000 as decimal(38, 0))
{%- endmacro %}

{% macro split_by_share(lines, rows, quantity) -%}
    {#- What a row of the ledger gets of a line's amount that the ledger does not carry: by share, whole lines summing exactly. Null where the line has none. -#}
    case
        when {{ rows }}.pool_rows = 1 then {{ lines }}.{{ quantity }}
        else cast(
            case when {{ rows }}.is_last_row then {{ lines }}.{{ quantity }} else {{ part_of_line(lines, quantity, rows ~ '.share_upto') }} end
            - {{ part_of_line(lines, quantity, rows ~ '.share_upto - ' ~ rows ~ '.share_units') }}
            as decimal(38, 12)
        )
    end
{%- endmacro %}

{% macro part_of_line(lines, quantity, share) -%}
    {#- round(quantity * share), the share in units of the twelfth decimal. -#}
    {{ mul_div(lines ~ '.' ~ quantity, 'cast(' ~ share ~ ' as decimal(38, 0))', 'cast(1000000000000 as decimal(38, 0))') }}
{%- endmacro %}
