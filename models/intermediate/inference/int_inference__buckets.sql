-- Grain: one row per bucket of a usage API or of a gateway's metrics, counted or not.
-- Conserves: every landed bucket row is here. The same use may stand in call logs too: per provider, account, model and UTC day calls win, then what the provider itself counts,
-- then a gateway's metric. Who loses keeps its row and a reason and is never added. A side that does not say account or model stands for any of them.
with

statements as (

    select * from {{ ref('int_inference__bucket_statements') }}

),

buckets as (

    select
        *,
        coalesce(profile_model, model_id_raw) as model_name
    from statements

),

models as (

    {{ resolve_model('(select distinct provider, model_name as model_id_raw from buckets)', names_only=true) }}

),

keyed as (

    select
        buckets.*,
        models.model_id,
        coalesce(models.model_id, case when buckets.inference_profile_arn is null or buckets.profile_model is not null then lower(buckets.model_name) end) as model_key
    from buckets
    left join models
        on
            buckets.provider = models.provider
            and buckets.model_name = models.model_id_raw

),

keys as (

    select distinct
        usage_date,
        provider,
        account_id,
        model_key,
        source_rank
    from keyed
    where is_statement

),

speakers as (

    select
        usage_date,
        provider,
        account_id,
        model_key,
        0 as source_rank
    from {{ ref('int_inference__logged_daily') }}
    union
    select * from keys

),

-- The best source that speaks of the same use.
spoken as (

    select
        keys.usage_date,
        keys.provider,
        keys.account_id,
        keys.model_key,
        keys.source_rank,
        min(speakers.source_rank) as best_rank
    from keys
    inner join speakers  -- at least each key itself
        on
            keys.usage_date = speakers.usage_date
            and keys.provider = speakers.provider
            and (keys.account_id = speakers.account_id or keys.account_id is null or speakers.account_id is null)
            and (keys.model_key = speakers.model_key or keys.model_key is null or speakers.model_key is null)
    group by keys.usage_date, keys.provider, keys.account_id, keys.model_key, keys.source_rank

),

decided as (

    select
        keyed.*,
        case
            when not keyed.is_statement then 'stated_by_another_pull'
            when spoken.best_rank = 0 then 'counted_from_call_logs'
            when spoken.best_rank < keyed.source_rank then 'counted_by_the_provider'
        end as uncounted_reason
    from keyed
    left join spoken
        on
            keyed.usage_date = spoken.usage_date
            and keyed.provider = spoken.provider
            and keyed.account_id is not distinct from spoken.account_id
            and keyed.model_key is not distinct from spoken.model_key
            and keyed.source_rank = spoken.source_rank

)

select
    x_source,
    x_source_file,
    x_source_row_number,
    call_id as bucket_id,
    coalesce(request_count, 0) as requests,
    provider,
    platform,
    account_id,
    region,
    coalesce(profile_geo_scope, geo_scope, 'unknown') as geo_scope,
    model_name as model_id_raw,
    inference_profile_arn,
    model_id,
    model_key,
    coalesce(service_tier, 'standard') as service_tier,
    operation,
    started_at,
    ended_at,
    date_trunc('hour', started_at) as usage_hour,
    usage_date,
    {{ billed_tokens() }},
    request_units,
    credential_id,
    principal_id,
    agent_session_id,
    agent_name,
    tags,
    uncounted_reason is null as is_counted,
    uncounted_reason
from decided
