-- Grain: one row per charge_owner_key and span of days in which the same rules hold, where a dated rule gives an owner.
-- Who a bill line names by itself: its tags, resource, account or principal, on the day of the charge. Rules change on few days; between two of them the answer is one.
with

keys as (

    select
        {{ charge_owner_key() }} as owner_key,
        tags,
        resource_id,
        sub_account_id,
        principal_id,
        credential_id,
        cast(min(charge_period_start) as date) as first_date,
        cast(max(charge_period_start) as date) as last_date
    from {{ ref('int_charges__counted') }}
    group by all

),

boundaries as (

    select date '1900-01-01' as boundary
    union distinct
    select valid_from as boundary
    from {{ ref('int_ownership__rules') }}
    union distinct
    select valid_to as boundary
    from {{ ref('int_ownership__rules') }}

),

spans as (

    select
        boundary as valid_from,
        coalesce(lead(boundary) over (order by boundary), date '9999-12-31') as valid_to
    from boundaries

),

tags as (

    {{ explode_map('keys', 'tags', ['owner_key', 'first_date', 'last_date']) }}

),

named as (

    select
        owner_key,
        first_date,
        last_date,
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
        first_date,
        last_date,
        '{{ match_type }}' as match_type,
        cast(null as varchar) as match_key,
        {{ column }} as match_value
    from keys
    {% endfor %}

),

evidence as (

    select
        named.owner_key,
        named.match_type,
        named.match_key,
        named.match_value,
        spans.valid_from,
        spans.valid_to
    from named
    -- Days without a charge of the key ask for no owner.
    inner join spans
        on
            named.last_date >= spans.valid_from
            and named.first_date < spans.valid_to
    where named.match_value is not null

)

{{ resolve_owners('evidence', 'charge', by_span=true) }}
