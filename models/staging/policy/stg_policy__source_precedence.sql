-- Grain: one row per rule that says which of two bills counts where both state the same spend.
-- In a billing month in which charges of both sides exist, those of the other side do not count. Months are taken by their first day.
with

source as (

    select * from {{ landing('policy', 'source_precedence') }}

),

sided as (

    select
        *,
        {% for side in ['preferred', 'other'] -%}
        case
            when coalesce({{ side }}_source, {{ side }}_provider, {{ side }}_service_pattern) is not null
                then {{ surrogate_key(['lower(trim(' ~ side ~ '_source))', 'lower(trim(' ~ side ~ '_provider))', 'lower(trim(' ~ side ~ '_service_pattern))']) }}
        end as {{ side }}_side,
        {% endfor -%}
        coalesce(valid_from, date '1900-01-01') as holds_from,
        coalesce(valid_to, date '9999-12-31') as holds_until
    from source

),

-- Two rules about one pair, at one time and in either order, would let each side put the other out, and the money would be gone.
paired as (

    select
        *,
        max(holds_until) over (
            partition by least(preferred_side, other_side), greatest(preferred_side, other_side)
            order by holds_from, x_source_file, x_source_row_number
            rows between unbounded preceding and 1 preceding
        ) as settled_until
    from sided

)

select
    'policy_source_precedence' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['rule_id is null', "'rule_id is empty: it is needed. Write a unique id'"],
        [repeats(['rule_id']), "'rule_id ' || rule_id || ' stands in an earlier row: two rules can not share an id. Give this one an id of its own'"],
        ['preferred_side is null', "'preferred_source, preferred_provider and preferred_service_pattern are empty: at least one is needed. Say which charges count'"],
        ['other_side is null', "'other_source, other_provider and other_service_pattern are empty: the rule would put out every bill. Say which charges do not count'"],
        [pattern_is_bad('preferred_service_pattern'), bad_value('preferred_service_pattern', 'a regular expression is needed', 'Escape brackets and other signs with a backslash')],
        [pattern_is_bad('other_service_pattern'), bad_value('other_service_pattern', 'a regular expression is needed', 'Escape brackets and other signs with a backslash')],
        ['preferred_side = other_side', "'both sides are the same: a bill can not stand back for itself. Name what tells the two apart'"],
        ['valid_to <= valid_from', "'valid_to is not after valid_from: the row never holds. Correct the dates (valid_to is the first day it no longer holds)'"],
        ['settled_until > holds_from', "'another rule settles the same two sides at the same time: only one can hold. Delete one, or date them one after the other'"],
    ]) }} as x_quarantine_reason,

    rule_id,
    coalesce(priority, 100) as priority,

    lower(trim(preferred_source)) as preferred_source,
    lower(trim(preferred_provider)) as preferred_provider,
    trim(preferred_service_pattern) as preferred_service_pattern,
    lower(trim(other_source)) as other_source,
    lower(trim(other_provider)) as other_provider,
    trim(other_service_pattern) as other_service_pattern,

    valid_from,
    valid_to,
    comment
from paired
