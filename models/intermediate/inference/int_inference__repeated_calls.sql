-- Grain: one row per call whose key more than one record may have.
-- Of several records the fullest counts (a stream or a resumed session logs partial output first), of equal ones the provider's own before the gateway's before the caller's, and the
-- first time is the call's. What it does not say of who called, the others may.
with

records as (

    select
        *,
        {{ record_key() }} as call_key
    from {{ ref('int_inference__records') }}
    where
        is_repeated
        and not is_repeating_span

),

ranked as (

    select
        *,
        row_number() over (
            partition by call_key
            order by output_tokens desc, input_tokens + cache_read_tokens desc, source_rank asc, started_at asc, x_source_file asc, x_source_row_number asc, span_id asc
        ) as record_rank
    from records

),

{% set told = [
    'account_id', 'region', 'geo_scope', 'inference_profile_arn', 'attempt_number', 'request_units', 'credential_id', 'principal_id', 'agent_session_id', 'agent_name', 'workflow_name',
    'step_name', 'trace_id', 'span_id', 'parent_span_id',
] -%}
together as (

    select
        call_key,
        count(*) as records,
        min(started_at) as started_at,
        -- Null where no record says it; a record that is silent has no rank here.
        {% for column in told -%}
        min_by({{ column }}, case when {{ column }} is not null then record_rank end) as {{ column }},
        {% endfor -%}
        min_by(tags, case when tags <> {{ no_tags() }} then record_rank end) as tags
    from ranked
    group by call_key

)

select
    {% for column in call_record_columns() if column not in told + ['tags', 'started_at'] -%}
    ranked.{{ column }},
    {% endfor -%}
    {% for column in told + ['started_at'] -%}
    together.{{ column }},
    {% endfor -%}
    coalesce(together.tags, ranked.tags) as tags,
    ranked.x_source_file,
    cast(ranked.started_at as date) as record_date,
    together.records
from ranked
inner join together on ranked.call_key = together.call_key
where ranked.record_rank = 1
