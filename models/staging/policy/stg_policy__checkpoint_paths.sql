-- Grain: one row per path under which checkpoints are kept, and interval.
with

source as (

    select * from {{ landing('policy', 'checkpoint_paths') }}

)

select
    'policy_checkpoint_paths' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['bucket is null', "'bucket is empty: it is needed. Write the bucket, or * for any'"],
        ['path_pattern is null', "'path_pattern is empty: it is needed. Write a path like runs/*/checkpoints/*'"],
        ['retention_days is null or retention_days < 0', bad_value('retention_days', 'a number of days is needed', 'Write for how many days a checkpoint is kept')],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    lower(trim(bucket)) as bucket,
    path_pattern,
    retention_days,

    valid_from,
    valid_to,
    comment
from source
