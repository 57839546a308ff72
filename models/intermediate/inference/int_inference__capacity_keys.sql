{{ config(materialized='view') }}
-- Grain: one row per row of int_inference__capacity_usage and key under which a capacity line may look for it: with its model and kind, and for lines that name none.
-- Use that is known to run on one resource is never looked for elsewhere; use known only by the absence of a token line is looked for last.
with

usage as (

    select * from {{ ref('int_inference__capacity_usage') }}

),

open_keys as (

    {% for model in ['model_id', "'any'"] -%}
    {% for kind in ['token_kind', "'any'"] -%}
    select
        *,
        {{ model }} as capacity_model,
        {{ kind }} as capacity_kind,
        {{ resource_key('account_key') }} as capacity_account
    from usage
    where resource_key is null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

keyed as (

    select
        1 as key_level,
        {{ match_key(pool_match_keys()['throughput'][0]) }} as match_key,
        *,
        cast(null as varchar) as capacity_model,
        cast(null as varchar) as capacity_kind,
        cast(null as varchar) as capacity_account
    from usage
    union all
    select
        2 as key_level,
        {{ match_key(pool_match_keys()['throughput'][1]) }} as match_key,
        *
    from open_keys
    where capacity_evidence <> 'no_token_line'
    union all
    select
        3 as key_level,
        {{ match_key(pool_match_keys()['throughput'][2]) }} as match_key,
        *
    from open_keys
    union all
    select
        3 as key_level,
        {{ match_key(['driver_kind', 'provider', "'any'", 'capacity_model', 'capacity_kind']) }} as match_key,
        *
    from open_keys
    where capacity_evidence <> 'no_token_line'

)

select * from keyed
where match_key is not null
