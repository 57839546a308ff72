-- Grain: one row per ARN of Bedrock that is no model by itself, and interval, with the model it stands for.
with

source as (

    select
        *,
        {{ tag_entries([{'text': 'tags'}]) }} as entries
    from {{ landing('policy', 'inference_profiles') }}

)

select
    'policy_inference_profiles' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['profile_arn is null', "'profile_arn is empty: it is needed. Write the ARN as the log shows it'"],
        ['model is null', "'model is empty: it is needed. Write the model id behind the profile, such as anthropic.claude-sonnet-4-6'"],
        ["lower(geo_scope) not in ('in_region', 'geo', 'global')", bad_value('geo_scope', 'in_region, geo or global is needed', 'Write where the profile routes to, or leave it empty')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row would never hold. Correct one of them'"],
        [repeats(['profile_arn', 'valid_from']), "'the same profile_arn and valid_from stand in an earlier row: keep one of them'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON object is needed', 'Write {\"team\": \"search\"}')],
    ]) }} as x_quarantine_reason,

    trim(profile_arn) as profile_arn,
    trim(model) as model_id_raw,
    lower(geo_scope) as geo_scope,
    case when entries <> [] then {{ tag_map('entries') }} end as tags,
    valid_from,
    valid_to,
    comment
from source
