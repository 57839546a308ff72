{% macro usage_group_columns() -%}
    {#- What calls must share to be one group of use: hour, bill key and evidence of ownership. Everything after int_inference__usage_hourly sees groups, never calls. -#}
    {{ return([
        'usage_hour', 'provider', 'account_id', 'region', 'geo_scope', 'model_id_raw', 'service_tier', 'context_min_tokens', 'operation',
        'agent_session_id', 'is_amplified', 'agent_name', 'credential_id', 'principal_id', 'tags',
    ]) }}
{%- endmacro %}

{% macro usage_group_key() -%}
    {#- The group as one number, so that a hundred million calls find their group by a compact key. -#}
    {{ row_hash(usage_group_columns()) }}
{%- endmacro %}

{% macro consumption_key() -%}
    {#- The grain of int_inference__consumption as one number. -#}
    {{ row_hash([
        'usage_hour', 'provider', 'account_id', 'region', 'geo_scope', 'model_id_raw', 'service_tier', 'context_min_tokens', 'layer', 'token_kind',
        'team', 'feature', 'environment', 'workload', 'agent_session_id', 'is_amplified', 'rule_id',
    ]) }}
{%- endmacro %}

{% macro consumer_key() -%}
    {#- Who used it, as the ledger names it: nobody known is `unallocated`. -#}
    {{ row_hash(["coalesce(team, 'unallocated')", "coalesce(feature, 'unallocated')", 'environment', 'workload', 'agent_session_id', 'is_amplified', 'rule_id']) }}
{%- endmacro %}

{% macro estimated_pool_key() -%}
    {#- What int_allocation__estimated adds up and rounds once. -#}
    {{ surrogate_key(['provider', 'account_id', 'region', 'geo_scope', 'model_id', 'token_kind', 'service_tier', 'layer', 'usage_date', 'price_id']) }}
{%- endmacro %}

{% macro placed_key(part) -%}
    {#- A bill key in one period, as one number: what a placed row of the ledger and the use behind it have in common. -#}
    {{ row_hash(['key_level', 'match_key', 'pool_grain', 'period_from', 'span_to', part]) }}
{%- endmacro %}

{#- A query: the groups of use under each key and period that the placed rows of a relation have, with the number they meet by.
    placed: relation (key_level, match_key, pool_grain, period_from, span_to); part: what else must agree, by its name in int_inference__usage_kinds. -#}
{% macro usage_in_periods(placed, part) -%}
    with

    periods as (

        select distinct
            key_level,
            match_key,
            pool_grain,
            case when pool_grain = 'span' then period_from end as span_from,
            span_to
        from {{ placed }}

    ),

    usage_levels as (

        {% for level in range(1, 4) -%}
        select
            usage_group_key,
            usage_hour,
            token_kind,
            tokens,
            {{ part }},
            {{ level }} as key_level,
            match_key_{{ level }} as match_key
        from {{ ref('int_inference__usage_kinds') }}
        where match_key_{{ level }} is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    dated_usage as (

        select
            usage_levels.*,
            periods.pool_grain,
            periods.span_to,
            {{ period_from('periods.pool_grain', 'usage_levels.usage_hour', 'periods.span_from') }} as period_from
        from usage_levels
        -- Use under keys nothing was placed by leaves here: no money is on this side.
        inner join periods
            on
                usage_levels.key_level = periods.key_level
                and usage_levels.match_key = periods.match_key
                and (periods.pool_grain <> 'span' or (usage_levels.usage_hour >= periods.span_from and usage_levels.usage_hour < periods.span_to))

    )

    select
        usage_group_key,
        token_kind,
        tokens,
        {{ placed_key(part) }} as usage_key
    from dated_usage
{%- endmacro %}

{% macro period_from(grain, moment, span_from) -%}
    {#- Start of the period a moment lies in; a span has its own. -#}
    cast(case when {{ grain }} = 'span' then {{ span_from }} else date_trunc(case when {{ grain }} = 'span' then 'hour' else {{ grain }} end, {{ moment }}) end as timestamp)
{%- endmacro %}

{% macro amount_units(amount) -%}
    {#- An amount in whole units of its last decimal place, for integer arithmetic. -#}
    {{ return(adapter.dispatch('amount_units', 'apportion')(amount)) }}
{%- endmacro %}

{% macro duckdb__amount_units(amount) -%}
    cast({{ amount }} * 1000000000000 as hugeint)
{%- endmacro %}

{% macro default__amount_units(amount) -%}
    cast({{ amount }} * 1000000000000 as decimal(38, 0))
{%- endmacro %}

{% macro units_amount(units) -%}
    cast(cast({{ units }} as decimal(38, 0)) * cast(0.000000000001 as decimal(13, 12)) as decimal(38, 12))
{%- endmacro %}

{% macro whole_share(units, numerator, denominator) -%}
    {#- units * numerator / denominator in whole units, cut towards zero: what is cut is handed out once, as a remainder. -#}
    {{ return(adapter.dispatch('whole_share', 'apportion')(units, numerator, denominator)) }}
{%- endmacro %}

{% macro duckdb__whole_share(units, numerator, denominator) -%}
    ({{ units }} * {{ numerator }}) // {{ denominator }}
{%- endmacro %}

{% macro default__whole_share(units, numerator, denominator) -%}
    ({{ units }} * {{ numerator }}) div {{ denominator }}
{%- endmacro %}

{% macro size_rank(size, id) -%}
    {#- A value whose maximum over rows is the row of the largest size, ties decided by the id: one number, no sorting. -#}
    {{ return(adapter.dispatch('size_rank', 'apportion')(size, id)) }}
{%- endmacro %}

{% macro duckdb__size_rank(size, id) -%}
    (cast({{ size }} as hugeint) * 18446744073709551616 + hash({{ id }}))
{%- endmacro %}

{% macro default__size_rank(size, id) -%}
    lpad(cast({{ size }} as varchar), 20, '0') || md5({{ id }})
{%- endmacro %}
