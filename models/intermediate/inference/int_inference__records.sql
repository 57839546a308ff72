-- Grain: one row per usable record of a call, as often as it was logged; is_repeated marks those that may share their call with another record.
-- The one copy of telemetry. Which records repeat is told by counting short keys, so that only those few are ever sorted.
-- Audio and images are billed as input and output and told apart beside them; tokens written for a time nobody said cost at least what five minutes cost.
{% set own = {
    'call_id': "coalesce(nullif(unioned.call_id, ''), unioned.call_key)",
    'model_id_raw': 'coalesce(profiles.model_id_raw, unioned.model_id_raw)',
    'geo_scope': 'coalesce(profiles.geo_scope, unioned.geo_scope)',
    'service_tier': "coalesce(unioned.service_tier, 'standard')",
    'input_tokens': 'unioned.input_tokens + coalesce(unioned.input_audio_tokens, 0) + coalesce(unioned.input_image_tokens, 0)',
    'cache_write_5m_tokens': 'unioned.cache_write_5m_tokens + unioned.cache_write_unknown_tokens',
    'output_tokens': 'unioned.output_text_tokens + coalesce(unioned.reasoning_tokens, 0) + coalesce(unioned.output_audio_tokens, 0) + coalesce(unioned.output_image_tokens, 0)',
    'retrieved_context_tokens': 'greatest(coalesce(unioned.retrieved_context_tokens, 0), 0)',
    'tags': 'case when profiles.tags is null then unioned.tags else map_concat(profiles.tags, unioned.tags) end',
} %}
with

keys as (

    {% for model in call_sources() -%}
    select {{ row_hash([call_key()]) }} as key_hash
    from {{ ref(model) }}
    where x_quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

repeated_keys as (

    select key_hash
    from keys
    group by key_hash
    having count(*) > 1

),

unioned as (

    {% for model in call_sources() -%}
    select
        {{ loop.index }} as source_rank,
        {{ call_key() }} as call_key,
        {{ call_columns() | join(',\n        ') }}
    from {{ ref(model) }}
    where x_quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    {% for column in call_record_columns() -%}
    {{ own.get(column, 'unioned.' ~ column) }} as {{ column }},
    {% endfor -%}
    unioned.source_rank,
    unioned.x_source_file,
    unioned.x_source_row_number,
    repeated_keys.key_hash is not null as is_repeated,
    repeating_spans.span_id is not null as is_repeating_span
from unioned
left join repeated_keys on {{ row_hash(['unioned.call_key']) }} = repeated_keys.key_hash
left join {{ ref('int_inference__repeating_spans') }} as repeating_spans
    on
        unioned.x_source = 'otel_spans'
        and coalesce(unioned.trace_id, '') = repeating_spans.trace_id
        and unioned.span_id = repeating_spans.span_id
left join {{ ref('int_inference__profiles') }} as profiles
    on
        unioned.inference_profile_arn = profiles.profile_arn
        and cast(unioned.started_at as date) >= profiles.valid_from
        and cast(unioned.started_at as date) < profiles.valid_to
