-- Grain: one row per landed bucket row, with whether its pull is the one that states the bucket.
-- An API gives one bucket in as many groupings, widths and pulls as it is asked for. They are never added: of one bucket the grouping that names the model counts, then the
-- fullest, then the finest, then the newest; of a day the width that is fullest. Pulls of different projects under one grouping complete each other.
with

bucket_rows as (

    select * from {{ ref('int_inference__bucket_rows') }}

),

-- Of one part under one grouping, the fullest and then the newest pull.
pulls as (

    select
        day_key,
        bucket_key,
        bucket_width,
        grouping_key,
        names_model,
        part,
        x_source_file,
        delivered_at,
        sum(tokens) as tokens,
        row_number() over (
            partition by bucket_key, grouping_key, part
            order by sum(tokens) desc, delivered_at desc, x_source_file asc
        ) as pull_rank
    from bucket_rows
    group by day_key, bucket_key, bucket_width, grouping_key, names_model, part, x_source_file, delivered_at

),

statements as (

    select
        day_key,
        bucket_key,
        bucket_width,
        grouping_key,
        bool_or(names_model) as names_model,
        sum(tokens) as tokens,
        row_number() over (
            partition by bucket_key
            order by bool_or(names_model) desc, sum(tokens) desc, length(grouping_key) desc, max(delivered_at) desc, grouping_key asc
        ) as statement_rank
    from pulls
    where pull_rank = 1
    group by day_key, bucket_key, bucket_width, grouping_key

),

widths as (

    select
        day_key,
        bucket_width,
        row_number() over (
            partition by day_key
            order by bool_and(names_model) desc, sum(tokens) desc, count(*) desc, bucket_width asc
        ) as width_rank
    from statements
    where statement_rank = 1
    group by day_key, bucket_width

)

select
    bucket_rows.*,
    coalesce(pulls.pull_rank = 1 and statements.statement_rank = 1 and widths.width_rank = 1, false) as is_statement
from bucket_rows
left join pulls
    on
        bucket_rows.bucket_key = pulls.bucket_key
        and bucket_rows.grouping_key = pulls.grouping_key
        and bucket_rows.part is not distinct from pulls.part
        and bucket_rows.x_source_file = pulls.x_source_file
left join statements
    on
        bucket_rows.bucket_key = statements.bucket_key
        and bucket_rows.grouping_key = statements.grouping_key
left join widths
    on
        bucket_rows.day_key = widths.day_key
        and bucket_rows.bucket_width = widths.bucket_width
