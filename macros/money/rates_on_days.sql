{% macro rates_on_days(days) -%}
    {#- The rate of each (from_currency, rate_date) of a relation to the reporting currency, one row per pair of currency and day; days without a rate get no row.
        The policy's rate wins over a landed one. Of several landed ones the one that began last wins, then the one delivered last, so that a list of daily rates needs no ends: each
        holds until the next. The last one of a list holds 31 days at most: a list that stopped coming must not convert for ever. -#}
    select
        from_currency,
        rate_date,
        rate,
        rate_source
    from (
        select
            days.from_currency,
            days.rate_date,
            statements.rate,
            statements.rate_source,
            row_number() over (
                partition by days.from_currency, days.rate_date
                order by
                    statements.precedence, statements.valid_from desc, statements.x_delivered_at desc, statements.x_source_file desc, statements.x_source_row_number desc
            ) as rate_rank
        from {{ days }} as days
        -- Days no rate speaks of leave here; whoever joins the result joins it left and sees the gap.
        inner join (
            select
                0 as precedence,
                'policy' as rate_source,
                from_currency,
                coalesce(valid_from, date '1900-01-01') as valid_from,
                coalesce(valid_to, date '9999-12-31') as valid_to,
                rate,
                cast(null as timestamp) as x_delivered_at,
                x_source_file,
                x_source_row_number
            from {{ ref('stg_policy__exchange_rates') }}
            where
                to_currency = '{{ var("reporting_currency") }}'
                and x_quarantine_reason is null
            union all
            select
                1 as precedence,
                'landing' as rate_source,
                from_currency,
                valid_from,
                coalesce(valid_to, cast(valid_from + interval '31' day as date)) as valid_to,
                rate,
                x_delivered_at,
                x_source_file,
                x_source_row_number
            from {{ ref('stg_rates__exchange_rates') }}
            where
                to_currency = '{{ var("reporting_currency") }}'
                and x_quarantine_reason is null
        ) as statements
            on
                days.from_currency = statements.from_currency
                and days.rate_date >= statements.valid_from
                and days.rate_date < statements.valid_to
    ) as ranked
    where rate_rank = 1
{%- endmacro %}

{% macro rate_date(day) -%}
    {#- The day whose rate converts an amount of `day`: the day itself, or the one day of var constant_rate_date. -#}
    {%- if var('constant_rate_date') -%}
        date '{{ var("constant_rate_date") }}'
    {%- else -%}
        {{ day }}
    {%- endif -%}
{%- endmacro %}
