-- Grain: one row per policy rule, billing month and target: the weight a shared cost is split by.
-- even: one each; weighted and fixed: as written; proportional: what the team was charged directly and by meter in that month.
with

rules as (

    select *
    from {{ ref('int_allocation__rules') }}
    where step = 'shared'

),

targets as (

    select
        rule_id,
        lower(trim(team)) as team,
        coalesce(nullif(lower(trim(feature)), ''), 'unallocated') as feature,
        coalesce(weight, 1) as weight
    from {{ ref('stg_policy__allocation_rule_targets') }}
    where x_quarantine_reason is null

),

months as (

    select distinct billing_month from {{ ref('int_charges__pools') }}

),

spend as (

    select
        pools.billing_month,
        placed.team,
        sum(placed.effective_cost_reporting) as effective_cost_reporting
    from (
        select
            pool_id,
            team,
            effective_cost_reporting
        from {{ ref('int_allocation__direct') }}
        union all
        select
            pool_id,
            team,
            effective_cost_reporting
        from {{ ref('int_allocation__metered') }}
        where allocation_step = 'metered'
    ) as placed
    left join {{ ref('int_charges__pools') }} as pools on placed.pool_id = pools.pool_id
    where placed.team <> 'unallocated'
    group by pools.billing_month, placed.team
    -- A team with more credit than cost has no share of what others caused: weights are never negative.
    having sum(placed.effective_cost_reporting) > 0

),

written as (

    select
        rules.rule_id,
        months.billing_month,
        targets.team,
        targets.feature,
        case when rules.method = 'even' then cast(1 as decimal(38, 6)) else cast(targets.weight as decimal(38, 6)) end as weight
    from rules
    inner join targets on rules.rule_id = targets.rule_id
    cross join months
    where rules.method in ('even', 'weighted', 'fixed')

),

-- A fixed rule states shares of the whole; what they leave of it is nobody's.
fixed_rest as (

    select
        written.rule_id,
        written.billing_month,
        'unallocated' as team,
        'unallocated' as feature,
        cast(1 - sum(written.weight) as decimal(38, 6)) as weight
    from written
    inner join rules on written.rule_id = rules.rule_id
    where rules.method = 'fixed'
    group by written.rule_id, written.billing_month
    having sum(written.weight) < 1

),

limited as (

    select distinct rule_id from targets

),

proportional as (

    select
        rules.rule_id,
        spend.billing_month,
        spend.team,
        'unallocated' as feature,
        cast(spend.effective_cost_reporting as decimal(38, 6)) as weight
    from rules
    cross join spend
    left join limited on rules.rule_id = limited.rule_id
    left join targets
        on
            rules.rule_id = targets.rule_id
            and spend.team = targets.team
    where
        rules.method = 'proportional'
        and (limited.rule_id is null or targets.rule_id is not null)

)

select * from written
union all
select * from fixed_rest
union all
select * from proportional
