-- Grain: one row per billing account of which policy says when its owner tags began to show on the bill.
-- Only tags an owner rule reads for a team count; a row for the account wins over one for the whole provider; a key activated twice shows since the first time.
with

accounts as (

    select distinct
        provider,
        billing_account_id
    from {{ ref('int_charges__pools') }}

),

owner_tags as (

    select distinct match_key as tag_key
    from {{ ref('int_ownership__rules') }}
    where
        match_type = 'tag'
        and team is not null
        and scope in ('any', 'charge')

),

activations as (

    select
        accounts.provider,
        accounts.billing_account_id,
        activated.tag_key,
        coalesce(
            min(activated.activated_on) filter (where activated.billing_account_id is not null),
            min(activated.activated_on)
        ) as activated_on
    from accounts
    inner join {{ ref('stg_policy__tag_activations') }} as activated
        on
            accounts.provider = activated.provider
            and (activated.billing_account_id is null or accounts.billing_account_id = activated.billing_account_id)
    inner join owner_tags on activated.tag_key = owner_tags.tag_key
    where activated.x_quarantine_reason is null
    group by accounts.provider, accounts.billing_account_id, activated.tag_key

)

select
    provider,
    billing_account_id,
    max(activated_on) as last_activated_on
from activations
group by provider, billing_account_id
