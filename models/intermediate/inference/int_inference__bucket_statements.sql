-- Grain: one row per landed bucket row, with whether its pull is the one that states the bucket.
-- An API gives one bucket in as many groupings, widths and pulls as it is asked for. They are never added: of one bucket the grouping that names the model counts, then the
-- fullest, then the finest, then the newest; of a day the width that is fullest. Pulls of different projects under one grouping complete each other.
with

unioned as (

    {% for model in bucket_sources() -%}
    select
        {{ loop.index }} as source_rank,
        {{ call_columns() | join(',\n        ') }}
    from {{ ref(model) }}
    where x_quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

files as (

    select
        file_path,
        delivered_at
    from {{ ref('landing_files') }}

),

placed as (

    select
        unioned.*,
        files.delivered_at,
        cast(started_at as date) as usage_date,
        coalesce({{ tag_value('tags', ['organization_id']) }}, 'unknown') as organisation,
        coalesce(cast(ended_at - started_at as varchar), 'unknown') as bucket_width,
        input_tokens + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0) + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
        + cache_write_unknown_tokens + output_text_tokens + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) as tokens
    from unioned
    left join files on unioned.x_source_file = files.file_path

),

-- What a pull was grouped by shows in which fields it fills anywhere in the bucket.
groupings as (

    select
        x_source,
        organisation,
        operation,
        bucket_width,
        started_at,
        x_source_file,
        count(model_id_raw) > 0 as names_model,
        count(account_id) > 0 as names_account,
        concat_ws(
            ',',
            {% for dimension in ['account_id', 'model_id_raw', 'credential_id', 'principal_id', 'service_tier', tag_value('tags', ['context_window']), tag_value('tags', ['inference_geo'])] -%}
            case when count({{ dimension }}) > 0 then '{{ loop.index }}' end{{ ',' if not loop.last }}
            {% endfor %}
        ) as grouping_key
    from placed
    group by x_source, organisation, operation, bucket_width, started_at, x_source_file

),

grouped as (

    select
        placed.*,
        groupings.names_model,
        groupings.grouping_key,
        -- A metric's rows are told apart by their dimensions, and each of them completes the others.
        case
            when placed.x_source = 'azure_apim_token_metrics' then cast(placed.tags as varchar)
            when groupings.names_account then coalesce(placed.account_id, '')
        end as part
    from placed
    inner join groupings  -- every row of placed is in exactly one group
        on
            placed.x_source = groupings.x_source
            and placed.organisation = groupings.organisation
            and placed.operation = groupings.operation
            and placed.bucket_width = groupings.bucket_width
            and placed.started_at = groupings.started_at
            and placed.x_source_file = groupings.x_source_file

),

-- Of one part under one grouping, the fullest and then the newest pull.
pulls as (

    select
        x_source,
        organisation,
        operation,
        usage_date,
        bucket_width,
        started_at,
        grouping_key,
        names_model,
        part,
        x_source_file,
        delivered_at,
        sum(tokens) as tokens,
        row_number() over (
            partition by x_source, organisation, operation, bucket_width, started_at, grouping_key, part
            order by sum(tokens) desc, delivered_at desc, x_source_file asc
        ) as pull_rank
    from grouped
    group by x_source, organisation, operation, usage_date, bucket_width, started_at, grouping_key, names_model, part, x_source_file, delivered_at

),

statements as (

    select
        x_source,
        organisation,
        operation,
        usage_date,
        bucket_width,
        started_at,
        grouping_key,
        sum(tokens) as tokens,
        bool_or(names_model) as names_model,
        row_number() over (
            partition by x_source, organisation, operation, bucket_width, started_at
            order by bool_or(names_model) desc, sum(tokens) desc, length(grouping_key) desc, max(delivered_at) desc, grouping_key asc
        ) as statement_rank
    from pulls
    where pull_rank = 1
    group by x_source, organisation, operation, usage_date, bucket_width, started_at, grouping_key

),

widths as (

    select
        x_source,
        organisation,
        operation,
        usage_date,
        bucket_width,
        row_number() over (
            partition by x_source, organisation, operation, usage_date
            order by bool_and(names_model) desc, sum(tokens) desc, count(*) desc, bucket_width asc
        ) as width_rank
    from statements
    where statement_rank = 1
    group by x_source, organisation, operation, usage_date, bucket_width

)

select
    grouped.*,
    coalesce(pulls.pull_rank = 1 and statements.statement_rank = 1 and widths.width_rank = 1, false) as is_statement
from grouped
left join pulls
    on
        grouped.x_source = pulls.x_source
        and grouped.organisation = pulls.organisation
        and grouped.operation = pulls.operation
        and grouped.bucket_width = pulls.bucket_width
        and grouped.started_at = pulls.started_at
        and grouped.grouping_key = pulls.grouping_key
        and grouped.part is not distinct from pulls.part
        and grouped.x_source_file = pulls.x_source_file
left join statements
    on
        grouped.x_source = statements.x_source
        and grouped.organisation = statements.organisation
        and grouped.operation = statements.operation
        and grouped.bucket_width = statements.bucket_width
        and grouped.started_at = statements.started_at
        and grouped.grouping_key = statements.grouping_key
left join widths
    on
        grouped.x_source = widths.x_source
        and grouped.organisation = widths.organisation
        and grouped.operation = widths.operation
        and grouped.usage_date = widths.usage_date
        and grouped.bucket_width = widths.bucket_width
