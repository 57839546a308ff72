-- Grain: one row per thing sold that no reference rule fully knows, and what is missing of it, the dearest first to be looked at.
-- The next rule is one row of a seed: which file, and what the row must answer, stand beside it.
with

costs as (

    select
        x_sku_key,
        count(*) as charge_lines,
        cast(sum(effective_cost_reporting) as decimal(38, 12)) as effective_cost_reporting,
        cast(min(charge_period_start) as date) as first_charge_date,
        cast(max(charge_period_start) as date) as last_charge_date
    from {{ ref('int_charges__pooled') }}
    where charge_category = 'Usage'
    group by x_sku_key

),

skus as (

    select
        *,
        -- Text or service says AI where no rule said so.
        layer <> 'other'
        or {{ regex_match("concat_ws('|', service_name, x_sku_text)", "'bedrock|sagemaker|openai|vertex|gemini|claude|anthropic|(^|[^a-z])(ai|llm|gpu|token|inference|embedding)s?([^a-z]|$)'") }}
            as looks_like_ai
    from {{ ref('int_charges__skus') }}

),

missing as (

    {% for what, condition, seed in [
        ('layer', "x_classifier_rule_id is null", 'charge_layers'),
        ('model', "driver_kind in ('llm_tokens', 'embedding') and model_id is null", 'model_aliases'),
        ('token_kind', "driver_kind in ('llm_tokens', 'embedding') and token_kind is null", 'token_line_patterns'),
        ('unit', "token_kind is not null and consumed_unit is not null and base_unit is null", 'unit_multipliers'),
        ('accelerator', "layer = 'gpu' and gpu_type is null", 'accelerators'),
    ] -%}
    select
        *,
        '{{ what }}' as missing,
        'seeds/reference/{{ seed }}.csv' as seed_file
    from skus
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

-- One thing sold may have been told by bills of two shapes.
select distinct
    missing.missing,
    missing.provider,
    missing.service_name,
    missing.x_sku_text as sku_text,
    missing.consumed_unit,
    missing.resource_type,
    missing.layer,
    missing.model_id,
    missing.token_kind,
    missing.looks_like_ai,
    costs.charge_lines,
    costs.effective_cost_reporting,
    costs.first_charge_date,
    costs.last_charge_date,
    missing.seed_file,
    missing.x_sku_key
from missing
-- A SKU without usage that counts costs nothing and asks for no rule.
inner join costs on missing.x_sku_key = costs.x_sku_key
