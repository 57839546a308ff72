-- Grain: one row per day, record, storage class and metric, as exported.
-- ACCOUNT, BUCKET and PREFIX records count the same bytes three times: who reads this takes one record type (int_storage__lens).
with

source as (

    select * from {{ landing('storage', 's3_storage_lens') }}

)

select
    's3_storage_lens' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['report_date is null', "'report_date is empty: it is needed. Deliver the export as it was written'"],
        ['record_type is null', "'record_type is empty: it is needed, since records of different types count the same bytes. Deliver the export as it was written'"],
        ['metric_name is null', "'metric_name is empty: it is needed. Deliver the export as it was written'"],
        ['metric_value is null', bad_value('metric_value', 'a number is needed', 'Deliver the export as it was written')],
    ]) }} as x_quarantine_reason,

    'aws' as provider,
    aws_account_number as account_id,
    aws_region as region,
    upper(record_type) as record_type,
    record_value,
    bucket_name as bucket,
    coalesce(storage_class, 'STANDARD') as storage_class,
    metric_name,

    metric_value,
    report_date as as_of_date
from source
