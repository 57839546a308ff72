-- Grain: one row per split row of an AWS cost and usage report as delivered: what AWS says a pod or task took of one instance, for one resource (vCPU, memory, accelerator) and period.
-- It repeats money of the instance's own line, so it is evidence for splitting that line and never a charge; stg_aws__cur2_line_items has the same rows as split_child.
with

source as (

    select * from {{ landing('aws', 'cur2') }}

),

parsed as (

    select
        *,
        line_item_unblended_cost as unblended,
        {{ cur_net('split_line_item_net_split_cost', 'split_line_item_split_cost') }} as used,
        {{ cur_net('split_line_item_net_unused_cost', 'split_line_item_unused_cost') }} as unused,
        line_item_usage_start_date as usage_start,
        line_item_usage_end_date as usage_end,
        {{ cur_tag_entries() }} as entries
    from source

),

tagged as (

    select
        *,
        {{ tag_map('entries') }} as tags_clean
    from parsed
    -- What the loader could not read is reported with the line items. A report without the split columns has rows here that say nothing.
    where
        {{ cur_is_split() }}
        and x_reject_reason is null

)

select
    'aws_cur2' as x_source,
    x_source_file,
    x_source_row_number,
    x_report,
    x_delivery,
    {{ first_reason([
        ['split_line_item_parent_resource_id is null and split_line_item_split_cost is not null', "'split_line_item_parent_resource_id is empty: the instance of a split row is needed. Export the column'"],
    ]) }} as x_quarantine_reason,

    'aws' as provider,
    bill_payer_account_id as billing_account_id,
    line_item_usage_account_id as sub_account_id,
    bill_billing_period_start_date as billing_period_start,
    usage_start as charge_period_start,
    case when usage_end > usage_start then {{ exclusive_end('usage_end') }} else usage_start + interval '1' hour end as charge_period_end,

    product_region_code as region_id,
    {{ resource_name('split_line_item_parent_resource_id') }} as parent_resource_id,
    {{ resource_name('line_item_resource_id') }} as resource_id,
    line_item_operation as x_operation,
    line_item_usage_type as x_usage_type,
    -- arn:aws:eks:us-east-1:111:pod/cluster/namespace/pod/uid; arn:aws:ecs:us-east-1:111:task/cluster/id
    nullif(coalesce(
        {{ tag_value('tags_clean', ['aws:eks:cluster-name', 'aws_eks_cluster_name', 'aws:ecs:clustername', 'aws_ecs_cluster_name']) }},
        regexp_extract(line_item_resource_id, ':(?:pod|task)/([^/]+)/', 1)
    ), '') as cluster,
    nullif(coalesce(
        {{ tag_value('tags_clean', ['aws:eks:namespace', 'aws_eks_namespace']) }},
        regexp_extract(line_item_resource_id, ':pod/[^/]+/([^/]+)/', 1)
    ), '') as namespace,
    nullif(coalesce(
        {{ tag_value('tags_clean', ['aws:eks:workload-name', 'aws_eks_workload_name', 'aws:eks:deployment', 'aws_eks_deployment', 'aws:ecs:servicename', 'aws_ecs_service_name']) }},
        regexp_extract(line_item_resource_id, ':pod/[^/]+/[^/]+/([^/]+)', 1)
    ), '') as workload,
    used as split_cost,
    coalesce(unused, 0) as unused_cost,
    split_line_item_split_usage as split_usage,
    tags_clean as tags
from tagged
