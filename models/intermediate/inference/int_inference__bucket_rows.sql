-- Grain: one row per landed bucket row, with the bucket it is of and what its pull was grouped by.
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

dated as (

    select
        *,
        cast(started_at as date) as usage_date,
        coalesce({{ tag_value('tags', ['organization_id']) }}, 'unknown') as organisation,
        coalesce(cast(ended_at - started_at as varchar), 'unknown') as bucket_width
    from unioned

),

files as (

    select
        file_path,
        delivered_at
    from {{ ref('landing_files') }}

),

-- What a policy says is deployed under a name of one's own.
profiles as (

    select
        profile_arn,
        model_id_raw as profile_model,
        geo_scope as profile_geo_scope,
        valid_from,
        valid_to
    from {{ ref('int_inference__profiles') }}

),

keyed as (

    select
        dated.*,
        files.delivered_at,
        profiles.profile_model,
        profiles.profile_geo_scope,
        {{ surrogate_key(['dated.x_source', 'dated.organisation', 'dated.operation', 'dated.usage_date']) }} as day_key,
        {{ surrogate_key(['dated.x_source', 'dated.organisation', 'dated.operation', 'dated.bucket_width', 'dated.started_at']) }} as bucket_key
    from dated
    left join files on dated.x_source_file = files.file_path
    left join profiles
        on
            dated.inference_profile_arn = profiles.profile_arn
            and dated.usage_date >= profiles.valid_from
            and dated.usage_date < profiles.valid_to

),

-- What a pull was grouped by shows in which fields it fills anywhere in the bucket.
groupings as (

    select
        bucket_key,
        x_source_file,
        count(model_id_raw) > 0 as names_model,
        count(account_id) > 0 as names_account,
        concat_ws(
            ',',
            {% for dimension in ['account_id', 'model_id_raw', 'credential_id', 'principal_id', 'service_tier', tag_value('tags', ['context_window']), tag_value('tags', ['inference_geo'])] -%}
            case when count({{ dimension }}) > 0 then '{{ loop.index }}' end{{ ',' if not loop.last }}
            {% endfor %}
        ) as grouping_key
    from keyed
    group by bucket_key, x_source_file

)

select
    keyed.*,
    groupings.names_model,
    groupings.grouping_key,
    -- A metric's rows are told apart by their dimensions, and each of them completes the others.
    case
        when keyed.x_source = 'azure_apim_token_metrics' then cast(keyed.tags as varchar)
        when groupings.names_account then coalesce(keyed.account_id, '')
    end as part,
    {{ billed_tokens_total('keyed') }} as tokens
from keyed
inner join groupings  -- grouped out of the same rows: each finds its own
    on
        keyed.bucket_key = groupings.bucket_key
        and keyed.x_source_file = groupings.x_source_file
