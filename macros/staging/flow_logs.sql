{% macro flow_log_sources() -%}
    {#- The flow logs, all of one shape (stg_network__…): a new source is one more name here. -#}
    {{ return(['vpc_flow_logs', 'gcp_flow_logs', 'azure_flow_logs']) }}
{%- endmacro %}

{#- Records that moved bytes: readable, accepted, with data. NODATA and SKIPDATA windows have none. -#}
{% macro flow_record_counts() -%}
    x_quarantine_reason is null and coalesce(log_status, 'OK') = 'OK' and coalesce(action, 'ACCEPT') = 'ACCEPT' and bytes > 0
{%- endmacro %}

{#- What two deliveries of one record have in common, in one number. -#}
{% macro flow_twin_key() -%}
    {{ row_hash(['interface_id', 'window_start', 'bytes', 'src_port']) }}
{%- endmacro %}

{#- Bytes of an hour and of the one after it, as one row per hour. Done on sums: few of ten million records pass an hour. -#}
{% macro bytes_by_hour(relation, keys) -%}
    select
        usage_hour,
        {{ keys | join(',\n        ') }},
        cast(sum(bytes) as decimal(38, 0)) as bytes
    from (
        select usage_hour, {{ keys | join(', ') }}, bytes
        from {{ relation }}
        where bytes > 0
        union all
        select usage_hour + interval '1' hour as usage_hour, {{ keys | join(', ') }}, next_hour_bytes as bytes
        from {{ relation }}
        where next_hour_bytes > 0
    ) as hours
    group by usage_hour, {{ keys | join(', ') }}
{%- endmacro %}
