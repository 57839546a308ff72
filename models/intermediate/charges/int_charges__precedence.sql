-- Grain: one row per epoch, kind of bill, account, sub account, month and service whose charges do not count because another bill states the same spend.
-- Two ways: a lower rank states the same sub account in the same month; or a dated policy rule prefers another bill (a vendor's own report over the marketplace's line).
with

stated as (

    select
        statements.epoch,
        delivered.x_source,
        delivered.provider,
        delivered.billing_account_id,
        delivered.sub_account_id,
        statements.billing_month,
        delivered.billing_period_start,
        delivered.service_name,
        {{ resource_key('delivered.billing_account_id') }} as account_key,
        {{ resource_key('delivered.sub_account_id') }} as sub_account_key,
        coalesce(ranks.rank, 50) as source_rank,
        coalesce(ranks.pair, delivered.x_source) as source_pair
    from {{ ref('int_charges__delivered') }} as delivered
    inner join {{ ref('int_closing__statements') }} as statements
        on
            {{ same_delivery('delivered', 'statements') }}
            and statements.is_in_force
    left join {{ ref('charge_source_ranks') }} as ranks on delivered.x_source = ranks.x_source
    group by all

),

-- One account and month stated by more than one kind of bill: the lowest rank counts, its name settles a tie.
sub_accounts as (

    select
        epoch,
        provider,
        account_key,
        sub_account_key,
        billing_month,
        min(lpad(cast(source_rank as varchar), 4, '0') || source_pair) as counting
    from stated
    group by epoch, provider, account_key, sub_account_key, billing_month
    having count(distinct source_pair) > 1

),

outranked as (

    select
        stated.epoch,
        stated.x_source,
        stated.provider,
        stated.billing_account_id,
        stated.sub_account_id,
        stated.billing_period_start,
        stated.service_name,
        'other_source_states_it' as reason,
        cast(null as varchar) as rule_id,
        substr(sub_accounts.counting, 5) as counting_source
    from stated
    inner join sub_accounts
        on
            stated.epoch = sub_accounts.epoch
            and stated.provider is not distinct from sub_accounts.provider
            and stated.account_key is not distinct from sub_accounts.account_key
            and stated.sub_account_key is not distinct from sub_accounts.sub_account_key
            and stated.billing_month = sub_accounts.billing_month
            and lpad(cast(stated.source_rank as varchar), 4, '0') || stated.source_pair <> sub_accounts.counting

),

rules as (

    select * from {{ ref('stg_policy__source_precedence') }}
    where x_quarantine_reason is null

),

{% for side in ['preferred', 'other'] -%}
{{ side }} as (

    select
        rules.rule_id,
        lpad(cast(rules.priority as varchar), 9, '0') || rules.rule_id as rule_order,
        stated.*
    from rules
    inner join stated
        on
            (rules.{{ side }}_source is null or rules.{{ side }}_source = stated.x_source)
            and (rules.{{ side }}_provider is null or rules.{{ side }}_provider = stated.provider)
            and (
                rules.{{ side }}_service_pattern is null
                or {{ regex_match("coalesce(stated.service_name, '')", 'rules.' ~ side ~ '_service_pattern') }}
            )
            and coalesce(rules.valid_from, date '1900-01-01') <= stated.billing_month
            and coalesce(rules.valid_to, date '9999-12-31') > stated.billing_month

),

{% endfor -%}
-- Whatever some rule or rank may put out. Only what is not among it puts others out: in a ring of rules nobody wins, and all of it counts, rather than none.
doubtful as (

    select {{ spend_columns() | join(', ') }}
    from other
    union distinct
    select {{ spend_columns() | join(', ') }}
    from outranked

),

standing as (

    select
        preferred.rule_id,
        preferred.epoch,
        preferred.billing_month,
        min(preferred.x_source) as x_source
    from preferred
    left join doubtful on {{ same_spend('preferred', 'doubtful') }}
    where doubtful.epoch is null
    group by preferred.rule_id, preferred.epoch, preferred.billing_month

),

by_rule as (

    select
        other.epoch,
        other.x_source,
        other.provider,
        other.billing_account_id,
        other.sub_account_id,
        other.billing_period_start,
        other.service_name,
        'policy_prefers_another' as reason,
        min_by(other.rule_id, other.rule_order) as rule_id,
        min_by(standing.x_source, other.rule_order) as counting_source
    from other
    inner join standing
        on
            other.rule_id = standing.rule_id
            and other.epoch = standing.epoch
            and other.billing_month = standing.billing_month
    group by
        other.epoch, other.x_source, other.provider, other.billing_account_id, other.sub_account_id, other.billing_period_start, other.service_name

),

unioned as (

    select * from outranked
    union all
    select * from by_rule

)

-- A rule names itself; being outranked is the answer where none does.
select
    epoch,
    x_source,
    provider,
    billing_account_id,
    sub_account_id,
    billing_period_start,
    service_name,
    max(reason) as reason,
    max(rule_id) as rule_id,
    min(counting_source) as counting_source
from unioned
group by all
