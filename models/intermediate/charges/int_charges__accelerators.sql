-- Grain: one row per distinct (provider, resource_type, x_sku_text) on a bill that names an accelerator, and interval in which one rule holds.
-- Which accelerator a line bills and how many of it, decided once per SKU by dated rules in a seed. Only lines of layer gpu ask.
with

keys as (

    select distinct
        {{ accelerator_key() }} as x_accelerator_key,
        provider,
        resource_type,
        x_sku_text,
        coalesce(concat_ws('|', resource_type, x_sku_text), '') as text
    from {{ ref('int_charges__delivered') }}

),

candidates as (

    select
        keys.x_accelerator_key,
        rules.priority,
        rules.valid_from,
        rules.valid_to,
        rules.rule_id as x_accelerator_rule_id,
        rules.gpu_type,
        rules.gpu_count
    from keys
    -- What names no accelerator leaves here; whoever joins the result joins it left.
    inner join {{ ref('accelerators') }} as rules
        on
            (rules.provider is null or keys.provider = rules.provider)
            and {{ pattern_match('keys.text', 'rules.text_pattern', 'rules.text_hints') }}

),

winners as (

    {{ dated_rule_winners('candidates', 'x_accelerator_key', ['x_accelerator_rule_id', 'gpu_type', 'gpu_count']) }}

)

select
    keys.x_accelerator_key,
    keys.provider,
    keys.resource_type,
    keys.x_sku_text,
    winners.valid_from,
    winners.valid_to,
    winners.x_accelerator_rule_id,
    winners.gpu_type,
    winners.gpu_count
from winners
inner join keys on winners.x_accelerator_key = keys.x_accelerator_key
