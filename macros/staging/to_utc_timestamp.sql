{% macro to_utc_timestamp(column) -%}
    {#- Text to a UTC timestamp without a zone; null when no known form fits. An offset is applied, a text without one is UTC. -#}
    {{ return(adapter.dispatch('to_utc_timestamp')(column)) }}
{%- endmacro %}

{#- Forms, by look: ISO with an offset; ISO; slashed dates, month first (FOCUS examples and Azure exports write 5/1/25 and 05/01/2025); bare digits, whose length
    tells a date (8), a stamp (14) or an epoch in seconds, milli-, micro- or nanoseconds. A cast alone would read 5/1/25 as year 5. -#}
{% macro duckdb__to_utc_timestamp(column) -%}
    case
        when regexp_matches({{ column }}, '^\d{4}-.*:.*[0-9][+-][0-9]{2}(:?[0-9]{2})?$') then timezone('UTC', try_cast({{ column }} as timestamptz))
        when regexp_matches({{ column }}, '^\d{4}-') then coalesce(
            try_cast({{ column }} as timestamp),
            try_strptime({{ column }}, ['%Y-%m-%dT%H:%MZ', '%Y-%m-%dT%H:%M', '%Y-%m-%d %H:%M', '%Y-%m'])
        )
        when contains({{ column }}, '/') then try_strptime({{ column }}, [
            '%m/%d/%y', '%m/%d/%Y', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%m/%d/%y %H:%M:%S', '%m/%d/%y %H:%M',
            '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p', '%Y/%m/%d', '%Y/%m/%d %H:%M:%S'
        ])
        when regexp_matches({{ column }}, '^\d{8}$') then try_strptime({{ column }}, '%Y%m%d')
        when regexp_matches({{ column }}, '^\d{14}$') then try_strptime({{ column }}, '%Y%m%d%H%M%S')
        when regexp_matches({{ column }}, '^\d{8}T\d{6}Z?$') then try_strptime(rtrim({{ column }}, 'Z'), '%Y%m%dT%H%M%S')
        when regexp_matches({{ column }}, '^\d{9,11}(\.\d+)?$') then make_timestamp(cast(round(cast({{ column }} as decimal(20, 6)) * 1000000) as bigint))
        when regexp_matches({{ column }}, '^\d{12,13}(\.\d+)?$') then make_timestamp(cast(round(cast({{ column }} as decimal(20, 4)) * 1000) as bigint))
        when regexp_matches({{ column }}, '^\d{16}$') then make_timestamp(cast({{ column }} as bigint))
        when regexp_matches({{ column }}, '^\d{19}$') then make_timestamp(cast({{ column }} as bigint) // 1000)
    end
{%- endmacro %}

{% macro default__to_utc_timestamp(column) -%}
    case
        when {{ column }} rlike '^[0-9]{4}-.*:.*[0-9][+-][0-9]{2}:?[0-9]{2}$' then to_utc_timestamp(try_to_timestamp({{ column }}), current_timezone())
        when {{ column }} rlike '^[0-9]{4}-' then try_cast(rtrim('Z', {{ column }}) as timestamp_ntz)
        when {{ column }} rlike '^[0-9]+/[0-9]+/[0-9]{4}$' then try_to_timestamp({{ column }}, 'M/d/yyyy')
        when {{ column }} rlike '^[0-9]+/[0-9]+/[0-9]{2}$' then try_to_timestamp({{ column }}, 'M/d/yy')
        when {{ column }} rlike '^[0-9]{8}$' then try_to_timestamp({{ column }}, 'yyyyMMdd')
        when {{ column }} rlike '^[0-9]{14}$' then try_to_timestamp({{ column }}, 'yyyyMMddHHmmss')
        when {{ column }} rlike '^[0-9]{9,11}$' then timestamp_seconds(cast({{ column }} as bigint))
        when {{ column }} rlike '^[0-9]{12,13}$' then timestamp_millis(cast({{ column }} as bigint))
        when {{ column }} rlike '^[0-9]{16}$' then timestamp_micros(cast({{ column }} as bigint))
        when {{ column }} rlike '^[0-9]{19}$' then timestamp_micros(cast({{ column }} as bigint) div 1000)
    end
{%- endmacro %}
