-- Grain: one row per rule that names an owner.
with

source as (

    select * from {{ landing('policy', 'owner_rules') }}

)

select
    'policy_owner_rules' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['rule_id is null', "'rule_id is empty: it is needed. Write a unique id'"],
        [repeats(['rule_id']), "'rule_id ' || rule_id || ' stands in an earlier row: two rules can not share an id. Give this one an id of its own'"],
        ['priority is null', bad_value('priority', 'a whole number is needed', 'Lower wins')],
        ["coalesce(lower(scope), 'any') not in ('any', 'charge', 'usage')", bad_value('scope', 'any, charge or usage is needed', 'Correct the rule')],
        ["lower(match_type) not in ('tag', 'session', 'credential', 'principal', 'account', 'namespace', 'resource', 'index', 'bucket', 'prefix', 'log_group', 'interface', 'agent') or match_type is null", bad_value('match_type', 'one of tag, session, credential, principal, account, namespace, resource, index, bucket, prefix, log_group, interface, agent is needed', 'Correct the rule')],
        ["lower(match_type) = 'tag' and match_key is null", "'match_key is empty: it is needed. Write the tag key the rule looks at'"],
        ['match_value is null', "'match_value is empty: it is needed. Write the value, or * for any'"],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
    ]) }} as x_quarantine_reason,

    rule_id,
    priority,
    coalesce(lower(scope), 'any') as scope,
    lower(match_type) as match_type,
    lower(trim(match_key)) as match_key,
    lower(trim(match_value)) as match_value,

    team,
    feature,
    environment,
    workload,

    valid_from,
    valid_to,
    comment
from source
