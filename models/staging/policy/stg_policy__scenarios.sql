-- Grain: one row per scenario and provider, as the file has them. What it leaves empty has its neutral value here.
with

source as (

    select * from {{ landing('policy', 'scenarios') }}

)

select
    'policy_scenarios' as x_source,
    x_source_file,
    x_source_row_number,
    {{ first_reason([
        ['scenario_id is null', "'scenario_id is empty: it is needed. Name the scenario'"],
        ['price_date is null', bad_value('price_date', 'a day is needed', 'Write the day whose prices are taken as YYYY-MM-DD')],
        ['queries is null or queries < 0', bad_value('queries', 'a number of queries a month is needed', 'Write 0 where there is no inference')],
        ['queries > 0 and model_id is null', "'model_id is empty: queries need a model. Write its name as the price book has it (claude-haiku-4-5), or queries 0'"],
        ['least(coalesce(cached_share, 0), coalesce(cache_hit_share, 0), coalesce(cache_hit_share_worst, 0), coalesce(batch_input_share, 0), coalesce(batch_output_share, 0), coalesce(agent_share, 0)) < 0',
            "'a share is below 0. Write shares as 0 to 1'"],
        ['greatest(coalesce(cached_share, 0), coalesce(cache_hit_share, 0), coalesce(cache_hit_share_worst, 0), coalesce(batch_input_share, 0), coalesce(batch_output_share, 0), coalesce(agent_share, 0)) > 1',
            "'a share is above 1. Write shares as 0 to 1: 20 percent is 0.2'"],
        ['least(coalesce(agent_amplification, 1), coalesce(agent_amplification_low, 1)) < 1',
            bad_value('agent_amplification', 'a factor of 1 or more is needed', 'Write how many times the tokens of a plain query an agent uses')],
        ["geo_scope not in ('global', 'geo', 'in_region')", bad_value('geo_scope', 'global, geo or in_region is needed', 'Write one of them')],
        ["gpu_plan not in ('on_demand', 'spot', 'commit_1y', 'commit_3y', 'flexible')", bad_value('gpu_plan', 'a plan is needed', 'Write on_demand, spot, commit_1y, commit_3y or flexible')],
        ['gpu_type is not null and (gpu_hours is null or gpu_hours < 0)', bad_value('gpu_hours', 'instance-hours a month are needed', 'Write 730 for one instance around the clock')],
        [repeats(['scenario_id', 'provider']), "'the scenario stands twice for this cloud: the first row counts. Give it a name of its own'"],
    ]) }} as x_quarantine_reason,

    scenario_id,
    baseline_id,
    workload,
    {{ provider_code('provider') }} as provider,
    lower(trim(model_id)) as model_id,
    coalesce(geo_scope, 'in_region') as geo_scope,
    price_date,
    queries,
    coalesce(queries_low, queries) as queries_low,
    coalesce(queries_high, queries) as queries_high,
    coalesce(prompt_tokens, 0) as prompt_tokens,
    coalesce(retrieved_tokens, 0) as retrieved_tokens,
    coalesce(output_tokens, 0) as output_tokens,
    coalesce(cached_share, 0) as cached_share,
    coalesce(cache_hit_share, 1) as cache_hit_share,
    coalesce(cache_hit_share_worst, cache_hit_share, 1) as cache_hit_share_worst,
    coalesce(batch_input_share, 0) as batch_input_share,
    coalesce(batch_output_share, batch_input_share, 0) as batch_output_share,
    coalesce(agent_share, 0) as agent_share,
    coalesce(agent_amplification, 1) as agent_amplification,
    coalesce(agent_amplification_low, agent_amplification, 1) as agent_amplification_low,
    coalesce(agent_amplification_high, agent_amplification, 1) as agent_amplification_high,
    lower(trim(retrieval_backend)) as retrieval_backend,
    lower(trim(embedding_model_id)) as embedding_model_id,
    coalesce(embedding_tokens, 0) as embedding_tokens,
    coalesce(storage_gib, 0) as storage_gib,
    coalesce(log_gib, 0) as log_gib,
    coalesce(internet_gib, 0) as internet_gib,
    coalesce(inter_region_gib, 0) as inter_region_gib,
    coalesce(inter_az_gib, 0) as inter_az_gib,
    gpu_type,
    coalesce(gpu_instances, 1) as gpu_instances,
    coalesce(gpu_hours, 0) as gpu_hours,
    coalesce(gpu_plan, 'on_demand') as gpu_plan,
    gpu_change_month,
    comment
from source
