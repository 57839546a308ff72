-- Grain: one row per bucket, top folder, storage class, carry state and day of an S3 Storage Lens export.
-- Counted once: the bucket's record is the whole, its top-level prefix records are parts of it, what they leave is the bucket's rest.
with

records as (

    select
        provider,
        account_id,
        region,
        bucket,
        record_type,
        case when record_type = 'PREFIX' then rtrim(record_value, '/') || '/' else '' end as prefix,
        storage_class,
        metric_name,
        as_of_date,
        max_by(metric_value, x_source_file) as metric_value
    from {{ ref('stg_storage__storage_lens') }}
    where
        x_quarantine_reason is null
        and bucket is not null
        and (record_type = 'BUCKET' or (record_type = 'PREFIX' and strpos(rtrim(record_value, '/'), '/') = 0))
    group by all

),

-- Was anything of the bucket read in the month? Requests are not counted where the dashboard has no activity metrics.
reads as (

    select
        bucket,
        date_trunc('month', as_of_date) as month_start,
        sum(metric_value) = 0 as is_unread
    from records
    where record_type = 'BUCKET' and metric_name = 'GetRequests'
    group by bucket, date_trunc('month', as_of_date)

),

versions as (

    select
        provider,
        account_id,
        region,
        bucket,
        record_type,
        prefix,
        storage_class,
        as_of_date,
        coalesce(sum(metric_value) filter (where metric_name = 'NonCurrentVersionStorageBytes'), 0) as noncurrent_bytes,
        coalesce(sum(metric_value) filter (where metric_name = 'IncompleteMultipartUploadStorageBytes'), 0) as incomplete_bytes,
        coalesce(sum(metric_value) filter (where metric_name = 'StorageBytes'), 0) as stored_bytes
    from records
    group by all

),

states as (

    {% for state, bytes in [
        ('current', 'stored_bytes - noncurrent_bytes - incomplete_bytes'), ('noncurrent_version', 'noncurrent_bytes'), ('incomplete_upload', 'incomplete_bytes'),
    ] -%}
    select
        provider,
        account_id,
        region,
        bucket,
        prefix,
        storage_class,
        as_of_date,
        '{{ state }}' as version_state,
        {{ bytes }} as bytes
    from versions
    union all
    -- A prefix's bytes leave the rest of its bucket.
    select
        provider,
        account_id,
        region,
        bucket,
        '' as prefix,
        storage_class,
        as_of_date,
        '{{ state }}' as version_state,
        -({{ bytes }}) as bytes
    from versions
    where record_type = 'PREFIX'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

judged as (

    select
        states.*,
        reads.is_unread
    from states
    left join reads on states.bucket = reads.bucket and date_trunc('month', states.as_of_date) = reads.month_start

)

select
    provider,
    account_id,
    region,
    bucket,
    prefix,
    storage_class,
    {{ carry_state('version_state', 'is_unread', 'cast(null as bigint)', 'cast(null as bigint)') }} as carry_state,
    as_of_date as usage_date,
    cast(sum(bytes) as decimal(38, 0)) as bytes
from judged
group by all
having sum(bytes) > 0
