-- Grain: one row per key level, match key, hour and consumer of capacity bought by the hour. Driver: microseconds of the hour's capacity, by weighted tokens.
-- Of a known capacity everybody has what his tokens took of it; of one nobody knows, or that was overdrawn, the users of the hour have all of it.
with

used as (

    select
        keys.key_level,
        keys.match_key,
        keys.usage_hour,
        {% for column in consumer_columns() -%}
        keys.{{ column }},
        {% endfor -%}
        keys.rule_id,
        hours.seconds,
        hours.capacity_tokens,
        sum(keys.weighted_tokens) as weighted_tokens
    from {{ ref('int_inference__capacity_keys') }} as keys
    -- Use outside every paid hour leaves here; it stays in int_inference__on_demand.
    inner join {{ ref('int_inference__capacity_hours') }} as hours
        on
            keys.key_level = hours.key_level
            and keys.match_key = hours.match_key
            and keys.usage_hour = hours.usage_hour
    where keys.weighted_tokens > 0
    group by all

),

summed as (

    select
        *,
        sum(weighted_tokens) over (partition by key_level, match_key, usage_hour) as hour_tokens,
        row_number() over (
            partition by key_level, match_key, usage_hour
            order by weighted_tokens desc, {{ consumer_columns() | join(', ') }}, rule_id
        ) as token_rank
    from used

),

timed as (

    select
        *,
        cast(seconds * 1000000 as decimal(38, 0)) as hour_microseconds,
        {{ mul_div(
            'cast(seconds * 1000000 as decimal(38, 12))',
            'cast(weighted_tokens * 1000000 as decimal(38, 0))',
            'cast(greatest(hour_tokens, coalesce(capacity_tokens, hour_tokens)) * 1000000 as decimal(38, 0))'
        ) }} as microseconds,
        capacity_tokens is null or hour_tokens >= capacity_tokens as is_full
    from summed

),

whole as (

    select
        *,
        cast(floor(microseconds) as decimal(38, 6)) as whole_microseconds
    from timed

)

select
    key_level,
    match_key,
    usage_hour,
    'capacity_microseconds' as driver,
    {% for column in consumer_columns() -%}
    {{ column }},
    {% endfor -%}
    rule_id,
    cast(null as varchar) as reason,
    -- Of a full hour nothing may be left over: what rounding left goes to who used most.
    cast(
        whole_microseconds + case
            when is_full and token_rank = 1 then hour_microseconds - sum(whole_microseconds) over (partition by key_level, match_key, usage_hour)
            else 0
        end as decimal(38, 6)
    ) as driver_units,
    cast(0 as decimal(38, 6)) as memo_units
from whole
