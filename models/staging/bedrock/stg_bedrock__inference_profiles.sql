-- Grain: one row per inference profile as GetInferenceProfile or ListInferenceProfiles answered.
-- Where its models lie tells its routing: an ARN without a region is global, several regions are a geography.
with

source as (

    select
        *,
        {{ tag_entries([{'text': 'tags'}]) }} as entries,
        {{ profile_model_arns('models') }} as model_arns
    from {{ landing('bedrock', 'inference_profiles') }}

),

read_models as (

    select
        *,
        {{ profile_models('model_arns') }} as model_names,
        {{ profile_regions('model_arns') }} as model_regions
    from source

)

select
    'bedrock_inference_profiles' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['profile_arn is null', "'inferenceProfileArn is empty: it is needed. Deliver the answer of GetInferenceProfile as it came'"],
        ['coalesce(len(model_names), 0) = 0', "'models is empty: the model behind the profile is needed. Deliver the answer of GetInferenceProfile as it came'"],
        ['len(model_names) > 1', "'models names several models: which of them a call used can not be told. Give each model a profile of its own'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON list of key and value is needed', 'Deliver tags as ListTagsForResource wrote them')],
    ]) }} as x_quarantine_reason,
    x_delivered_at,

    profile_arn,
    profile_name,
    model_names[1] as model_id_raw,
    case when list_contains(model_regions, '') then 'global' when len(model_regions) > 1 then 'geo' else 'in_region' end as geo_scope,
    case when entries <> [] then {{ tag_map('entries') }} end as tags,
    created_at,
    updated_at
from read_models
