-- Grain: one row per billable leaf call, however often and by however many instrumentors it was logged; or per bucket, from a source that has no single calls.
{{ config(materialized='view') }}
with

calls as (

    select
        {{ call_record_columns() | join(',\n        ') }},
        cast(1 as bigint) as records
    from {{ ref('int_inference__records') }}
    where
        not is_repeated
        and not is_repeating_span
    union all
    select
        {{ call_record_columns() | join(',\n        ') }},
        records
    from {{ ref('int_inference__repeated_calls') }}

)

select
    {% for column in call_record_columns() -%}
    {{ "coalesce(calls.geo_scope, 'unknown') as geo_scope" if column == 'geo_scope' else 'calls.' ~ column }},
    {% endfor -%}
    date_trunc('hour', calls.started_at) as usage_hour,
    cast(calls.started_at as date) as usage_date,
    calls.records,
    -- The first call answers the user; what follows in the session is amplification. Calls that start together are all first,
    -- so that cutting a record in two changes nothing.
    coalesce(calls.started_at > starts.first_call_at, false) as is_amplified
from calls
left join {{ ref('int_agents__session_starts') }} as starts on calls.agent_session_id = starts.agent_session_id
