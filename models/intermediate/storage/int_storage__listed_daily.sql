-- Grain: one row per bucket, prefix, storage class, carry state and day an inventory stands for: until the next one, seven days at most.
with

listed as (

    select * from {{ ref('int_storage__listed') }}

),

folders as (

    select distinct
        bucket,
        folder,
        as_of_date
    from listed

),

bucket_folders as (

    select distinct
        bucket,
        folder
    from folders

),

-- The longest prefix a rule names cuts the bucket; where none does, its first folder.
prefixes as (

    select
        folders.bucket,
        folders.folder,
        max(length(rules.match_value)) - length(folders.bucket) - 1 as prefix_length
    from bucket_folders as folders
    inner join {{ ref('int_ownership__rules') }} as rules
        on
            rules.match_type = 'prefix'
            and split_part(rules.match_value, '/', 1) = lower(folders.bucket)
            and starts_with(lower(folders.bucket || '/' || folders.folder), rules.match_value)
    group by folders.bucket, folders.folder

),

-- The rule that names the bucket wins over one for any, the longer pattern over the shorter.
checkpoints as (

    select
        folders.bucket,
        folders.folder,
        folders.as_of_date,
        min_by(paths.retention_days, (case when paths.bucket = '*' then 1000 else 0 end) - length(paths.path_pattern)) as retention_days
    from folders
    inner join {{ ref('stg_policy__checkpoint_paths') }} as paths
        on
            (paths.bucket = '*' or paths.bucket = lower(folders.bucket))
            and folders.folder like replace(replace(paths.path_pattern, '_', '\_'), '*', '%') escape '\'
            and folders.as_of_date >= coalesce(paths.valid_from, date '1900-01-01')
            and folders.as_of_date < coalesce(paths.valid_to, date '9999-12-31')
    where paths.x_quarantine_reason is null
    group by folders.bucket, folders.folder, folders.as_of_date

),

placed as (

    select
        listed.*,
        case when prefixes.prefix_length is null then regexp_extract(listed.folder, '^[^/]*/') else substr(listed.folder, 1, prefixes.prefix_length) end as prefix,
        checkpoints.retention_days,
        listed.as_of_date - listed.last_modified_date as age_days
    from listed
    left join prefixes on listed.bucket = prefixes.bucket and listed.folder = prefixes.folder
    left join checkpoints
        on
            listed.bucket = checkpoints.bucket
            and listed.folder = checkpoints.folder
            and listed.as_of_date = checkpoints.as_of_date

),

states as (

    select
        provider,
        account_id,
        region,
        bucket,
        prefix,
        storage_class,
        {{ carry_state('version_state', 'is_unread', 'retention_days', 'age_days') }} as carry_state,
        as_of_date,
        sum(bytes) as bytes
    from placed
    group by all

),

inventories as (

    select distinct
        provider,
        bucket,
        as_of_date
    from states

),

stands as (

    select
        provider,
        bucket,
        as_of_date,
        least(lead(as_of_date) over (partition by provider, bucket order by as_of_date) - 1, as_of_date + 6) as last_date,
        as_of_date + 6 as last_date_at_most
    from inventories

),

spans as (

    select
        states.*,
        coalesce(stands.last_date, stands.last_date_at_most) as last_date
    from states
    left join stands
        on
            states.provider = stands.provider
            and states.bucket = stands.bucket
            and states.as_of_date = stands.as_of_date

)

{{ explode_days('spans', 'as_of_date', 'last_date', ['provider', 'account_id', 'region', 'bucket', 'prefix', 'storage_class', 'carry_state', 'bytes'], 'usage_date') }}
