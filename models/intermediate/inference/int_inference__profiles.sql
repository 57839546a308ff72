-- Grain: one row per ARN of Bedrock that is no model by itself, and interval in which it stands for one model. Policy beats what the API answered.
-- An answer holds from the day the profile was made, until a later answer says otherwise: nothing is guessed between two of them.
with

answered as (

    select
        profile_arn,
        model_id_raw,
        geo_scope,
        tags,
        cast(coalesce(created_at, timestamp '1900-01-01') as date) as created_on,
        coalesce(updated_at, created_at, x_delivered_at) as known_at
    from {{ ref('stg_bedrock__inference_profiles') }}
    where x_quarantine_reason is null

),

-- The same answer pulled again is no news.
ordered as (

    select
        *,
        lag(model_id_raw) over (partition by profile_arn order by known_at, model_id_raw) as model_before,
        row_number() over (partition by profile_arn order by known_at, model_id_raw) as answer
    from answered

),

changes as (

    select
        profile_arn,
        model_id_raw,
        geo_scope,
        tags,
        case when answer = 1 then created_on else cast(known_at as date) end as valid_from,
        answer
    from ordered
    where model_before is distinct from model_id_raw

),

stated as (

    select
        profile_arn,
        model_id_raw,
        geo_scope,
        tags,
        1 as priority,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('stg_policy__inference_profiles') }}
    where x_quarantine_reason is null
    union all
    select
        profile_arn,
        model_id_raw,
        geo_scope,
        tags,
        2 as priority,
        valid_from,
        coalesce(lead(valid_from) over (partition by profile_arn order by answer), date '9999-12-31') as valid_to
    from changes

),

winners as (

    {{ dated_rule_winners('stated', 'profile_arn', ['model_id_raw', 'geo_scope', 'tags']) }}

)

select * from winners
