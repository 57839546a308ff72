{% macro explode_hours(relation, started_at, ended_at, keep) -%}
    {{ return(adapter.dispatch('explode_hours', 'apportion')(relation, started_at, ended_at, keep)) }}
{%- endmacro %}

{#- One row per hour an interval [started_at, ended_at) touches, with the seconds it holds of that hour (decimal). Hours are UTC:
    a daylight-saving change neither loses nor repeats one. -#}
{% macro duckdb__explode_hours(relation, started_at, ended_at, keep) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        usage_hour,
        cast(
            epoch_us(least({{ ended_at }}, usage_hour + interval 1 hour)) - epoch_us(greatest({{ started_at }}, usage_hour))
            as decimal(38, 6)
        ) * cast(0.000001 as decimal(7, 6)) as seconds
    from (
        select
            *,
            unnest(generate_series(date_trunc('hour', {{ started_at }}), {{ ended_at }} - interval 1 microsecond, interval 1 hour)) as usage_hour
        from {{ relation }}
        where {{ ended_at }} > {{ started_at }}
    ) as hours
{%- endmacro %}

{% macro default__explode_hours(relation, started_at, ended_at, keep) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        usage_hour,
        cast(
            unix_micros(least({{ ended_at }}, usage_hour + interval 1 hour)) - unix_micros(greatest({{ started_at }}, usage_hour))
            as decimal(38, 6)
        ) * cast(0.000001 as decimal(7, 6)) as seconds
    from {{ relation }}
    lateral view explode(sequence(date_trunc('hour', {{ started_at }}), {{ ended_at }} - interval 1 microsecond, interval 1 hour)) hours as usage_hour
    where {{ ended_at }} > {{ started_at }}
{%- endmacro %}

{% macro explode_days(relation, first_day, last_day, keep, name) -%}
    {{ return(adapter.dispatch('explode_days', 'apportion')(relation, first_day, last_day, keep, name)) }}
{%- endmacro %}

{#- One row per day from the first to the last, both included. -#}
{% macro duckdb__explode_days(relation, first_day, last_day, keep, name) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        cast(unnest(generate_series(cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval 1 day)) as date) as {{ name }}
    from {{ relation }}
{%- endmacro %}

{% macro default__explode_days(relation, first_day, last_day, keep, name) -%}
    select
        {% for column in keep %}{{ column }}, {% endfor %}
        {{ name }}
    from {{ relation }}
    lateral view explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) days as {{ name }}
{%- endmacro %}

{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'apportion')(earlier, later)) }}
{%- endmacro %}

{#- Whole seconds between two moments. -#}
{% macro duckdb__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}))
{%- endmacro %}
