-- Grain: one row per (charge_owner_key, usage_date) that a dated rule gives an owner.
-- Who a bill line names by itself: its tags, resource, account or principal, on the day of the charge.
with

keys as (

    select distinct
        {{ charge_owner_key() }} as owner_key,
        cast(charge_period_start as date) as usage_date,
        tags,
        resource_id,
        sub_account_id,
        principal_id,
        credential_id
    from {{ ref('int_charges__counted') }}

),

tags as (

    {{ explode_map('keys', 'tags', ['owner_key', 'usage_date']) }}

),

evidence as (

    select
        owner_key,
        usage_date,
        'tag' as match_type,
        map_key as match_key,
        map_value as match_value
    from tags
    {% for match_type, column in [
        ('resource', 'resource_id'),
        ('bucket', 'resource_id'),
        ('log_group', 'resource_id'),
        ('index', 'resource_id'),
        ('account', 'sub_account_id'),
        ('principal', 'principal_id'),
        ('principal', principal_role('principal_id')),
        ('credential', 'credential_id'),
    ] -%}
    union all
    select
        owner_key,
        usage_date,
        '{{ match_type }}' as match_type,
        cast(null as varchar) as match_key,
        {{ column }} as match_value
    from keys
    {% endfor %}

)

{{ resolve_owners('evidence', 'charge') }}
