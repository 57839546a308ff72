-- Grain: one row per key of records that may have been delivered twice. Two subscriptions of one interface write the same record twice; mostly there are none.
-- A cheap key tells which records must be compared, so that the others need not be: a key too many costs time, never bytes.
with

{% for source in flow_log_sources() -%}
{{ source }} as (

    select {{ flow_twin_key() }} as twin_key
    from {{ ref('stg_network__' ~ source) }}
    where {{ flow_record_counts() }}
    group by {{ flow_twin_key() }}
    having count(*) > 1

){{ ',' if not loop.last }}

{% endfor -%}
{% for source in flow_log_sources() -%}
select twin_key from {{ source }}
{{ 'union distinct' if not loop.last }}
{% endfor %}
