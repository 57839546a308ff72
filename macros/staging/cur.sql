{#- AWS's own amortisation, as its Cloud Intelligence Dashboards compute it (cid/builtin/core/data/queries/cid/summary_view.sql, read 2026-10).
    All of these work on the parsed columns of stg_aws__cur2_line_items. Where an account has a private discount, AWS exports a net_ twin of each amount (CUR 2.0
    column dictionary, 2026-10); `cur_net` prefers it, line by line. -#}

{% macro cur_net(net, gross) -%}
    {#- An unreadable net amount has quarantined the row at the loader: the gross one would be a wrong amount, not a fallback. -#}
    coalesce({{ net }}, {{ gross }})
{%- endmacro %}

{% macro cur_is_discount() -%}
    {{ one_of('line_item_line_item_type', ['EdpDiscount', 'BundledDiscount', 'PrivateRateDiscount', 'RiVolumeDiscount', 'SppDiscount', 'Discount']) }}
{%- endmacro %}

{% macro cur_amortised_cost() -%}
    {#- The most frequent kind stands first: of millions of lines the rest are looked at for few. -#}
    case
        when line_item_line_item_type = 'Usage' then billed
        when line_item_line_item_type = 'SavingsPlanCoveredUsage' then plan_effective
        when line_item_line_item_type = 'SavingsPlanNegation' then 0  -- takes back the on-demand cost of covered lines, and repeats their quantity
        when line_item_line_item_type = 'SavingsPlanRecurringFee' then {{ cur_unused_plan() }}
        when line_item_line_item_type = 'SavingsPlanUpfrontFee' then 0
        when line_item_line_item_type = 'DiscountedUsage' then reservation_effective
        when line_item_line_item_type = 'RIFee' then reservation_unused_upfront + reservation_unused_recurring
        when line_item_line_item_type = 'Fee' and reservation_reservation_a_r_n is not null then 0
        when line_item_line_item_type = 'Refund' and line_item_line_item_description like 'Refund for one-time fee for Savings Plan ID%' then 0
        else billed
    end
{%- endmacro %}

{% macro cur_unused_plan() -%}
    {#- What nobody used of a savings plan. The commitment has no net_ twin, its fee has: the unused part is discounted as the fee is, or the plan's costs would not add up to what it is billed. -#}
    case
        when plan_fee_net is null or plan_fee_net = plan_fee or plan_fee = 0 then plan_committed - plan_used
        else {{ mul_div('(plan_committed - plan_used)', 'cast(plan_fee_net * 1000000000000 as decimal(38, 0))', 'cast(plan_fee * 1000000000000 as decimal(38, 0))') }}
    end
{%- endmacro %}

{% macro cur_list_cost() -%}
    {#- At public on-demand prices. Covered usage carries its list cost, so the commitment's own lines may not bring it a second time: only their unused part counts.
        A private discount is the difference between list and contract and has no list cost. -#}
    case
        when line_item_line_item_type in ('Usage', 'SavingsPlanCoveredUsage') then coalesce(nullif(on_demand, 0), unblended)
        when line_item_line_item_type in ('SavingsPlanNegation', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'RIFee') then amortised
        when line_item_line_item_type in ('EdpDiscount', 'PrivateRateDiscount') then 0
        when line_item_line_item_type in ('Fee', 'Refund') and amortised = 0 then 0
        when line_item_line_item_type = 'DiscountedUsage' then coalesce(nullif(on_demand, 0), amortised)
        else unblended
    end
{%- endmacro %}

{% macro cur_contracted_cost() -%}
    case
        when line_item_line_item_type = 'Usage' then billed
        when line_item_line_item_type in ('SavingsPlanNegation', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'RIFee') then amortised
        when line_item_line_item_type in ('Fee', 'Refund') and amortised = 0 then 0
        when line_item_line_item_type = 'DiscountedUsage' then coalesce(on_demand, amortised)
        else billed
    end
{%- endmacro %}

{% macro cur_quantity() -%}
    case when line_item_line_item_type in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription') then usage_amount end
{%- endmacro %}

{% macro cur_charge_category() -%}
    case
        when line_item_line_item_type = 'Tax' then 'Tax'
        when line_item_line_item_type = 'Credit' then 'Credit'
        when line_item_line_item_type = 'Refund' or {{ cur_is_discount() }} then 'Adjustment'
        when line_item_line_item_type in ('Fee', 'RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee') then 'Purchase'
        else 'Usage'
    end
{%- endmacro %}

{% macro cur_charge_kind() -%}
    case
        when line_item_line_item_type = 'Tax' then 'tax'
        when line_item_line_item_type = 'Credit' then 'credit'
        when line_item_line_item_type = 'Refund' then 'refund'
        when {{ cur_is_discount() }} then 'adjustment'
        when line_item_line_item_type in ('RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee') or (line_item_line_item_type = 'Fee' and reservation_reservation_a_r_n is not null) then 'commitment_purchase'
        when line_item_line_item_type = 'Support' or line_item_product_code like 'AWSSupport%' or line_item_product_code in ('AWSDeveloperSupport', 'OCBPremiumSupport') then 'support'
        when line_item_line_item_type = 'Fee' then 'fee'
        else 'usage'
    end
{%- endmacro %}

{% macro cur_commitment_kind() -%}
    case
        when line_item_line_item_type like 'SavingsPlan%' or savings_plan_savings_plan_a_r_n is not null then 'Savings Plan'
        when line_item_line_item_type in ('DiscountedUsage', 'RIFee') or reservation_reservation_a_r_n is not null then 'Reserved'
    end
{%- endmacro %}

{% macro cur_is_split() -%}
    {#- A pod's or task's share of an instance that has its own line (split cost allocation data of EKS and ECS). A line of an operation AWS has not named yet is one only
        if it bills nothing itself: no money leaves here by its look. -#}
    coalesce(
        line_item_operation in ('EKSPod-EC2', 'ECSTask-EC2')
        or (split_line_item_parent_resource_id is not null and unblended = 0),
        false
    )
{%- endmacro %}

{% macro cur_tag_entries() -%}
    {#- Both generations of tag columns; what the resource says comes before account and cost category, and the caller's own tags come last. -#}
    {{ tag_entries([
        {'text': 'resource_tags', 'map': 'resource_tags_map', 'strip': '^(user[_:]|resourceTags/)', 'precedence': 0},
        {'text': 'tags', 'map': 'tags_map', 'only': '^resourceTags/', 'strip': '^resourceTags/(user[_:])?', 'precedence': 0},
        {'text': 'tags', 'map': 'tags_map', 'only': '^(accountTags|costCategory|userAttribute)/', 'strip': '^[A-Za-z]+/', 'precedence': 1},
        {'text': 'tags', 'map': 'tags_map', 'only': '^iamPrincipal/', 'strip': '^iamPrincipal/', 'precedence': 2},
        {'text': 'tags', 'map': 'tags_map', 'only': '^[^/]*$', 'strip': '^user[_:]', 'precedence': 1},
    ]) }}
{%- endmacro %}

{% macro cur_service_category(product_code) -%}
    {#- FOCUS service categories of the services AI spend meets; everything else is Other. -#}
    case
        when {{ product_code }} like 'AmazonBedrock%' or {{ product_code }} in ('AmazonSageMaker', 'AmazonKendra', 'AmazonQ') then 'AI and Machine Learning'
        when {{ one_of(product_code, ['AmazonEC2', 'AWSLambda', 'AmazonECS', 'AmazonEKS', 'ComputeSavingsPlans']) }} then 'Compute'
        when {{ product_code }} in ('AmazonS3', 'AmazonEFS', 'AmazonFSx', 'AmazonEBS') then 'Storage'
        when {{ product_code }} in ('AmazonES', 'AmazonOpenSearchService', 'AmazonAthena', 'AWSGlue') then 'Analytics'
        when {{ product_code }} in ('AmazonRDS', 'AmazonDynamoDB', 'AmazonElastiCache') then 'Databases'
        when {{ one_of(product_code, ['AmazonVPC', 'AWSDataTransfer', 'AmazonCloudFront', 'AWSELB', 'AmazonRoute53']) }} then 'Networking'
        when {{ product_code }} in ('AmazonCloudWatch', 'AWSCloudTrail', 'AWSConfig') then 'Management and Governance'
        else 'Other'
    end
{%- endmacro %}
