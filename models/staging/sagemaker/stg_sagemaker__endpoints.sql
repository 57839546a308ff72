-- Grain: one row per variant of an endpoint and description of it, as delivered.
-- An endpoint is billed by its instances from the moment it exists, whether it answers or not.
with

source as (

    select * from {{ landing('sagemaker', 'endpoints') }}

),

tagged as (

    select
        *,
        {{ tag_entries([{'text': 'tags'}]) }} as entries
    from source

)

select
    'sagemaker_endpoints' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['endpoint_name is null', "'EndpointName is empty: it is needed. Deliver the DescribeEndpoint answer unchanged'"],
        ['started_at is null', "'CreationTime is empty: it is needed. Deliver the DescribeEndpoint answer unchanged'"],
        ['instance_count is null', "'CurrentInstanceCount is empty: it is needed. Leave serverless variants out'"],
        ['ended_at < started_at', "'ended_at is before started_at: correct the interval'"],
        [tag_text_is_bad('tags'), bad_value('tags', 'a JSON list of Key and Value is needed', 'Write [{\"Key\": \"team\", \"Value\": \"search\"}]')],
    ]) }} as x_quarantine_reason,

    endpoint_name,
    endpoint_arn,
    split_part(endpoint_arn, ':', 5) as account_id,
    split_part(endpoint_arn, ':', 4) as region,
    variant_name,
    instance_type,
    instance_count,
    started_at,
    ended_at,
    {{ tag_map('entries') }} as tags
from tagged
