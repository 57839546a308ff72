-- Grain: one row per sku_hash, so per distinct thing sold (sku_columns), and span of days in which the same rules hold; one span, unless a rule is dated.
-- What a line is, decided once per SKU by dated rules in seeds, never per line and never by a fuzzy guess.
with

charged as (

    select
        sku_hash,
        {{ sku_columns() | join(',\n        ') }},
        min(first_date) as first_date,
        max(last_date) as last_date
    from {{ ref('int_charges__delivered') }}
    group by all

),

boundaries as (

    select date '1900-01-01' as boundary
    {% for seed in [
        'charge_layers', 'token_line_patterns', 'token_tier_patterns', 'token_routing_patterns', 'token_context_patterns', 'token_modality_patterns', 'unit_multipliers', 'accelerators',
    ] -%}
    {% for column in ['valid_from', 'valid_to'] -%}
    union distinct
    select {{ column }} as boundary
    from {{ ref(seed) }}
    where {{ column }} is not null
    {% endfor -%}
    {% endfor %}

),

spans as (

    select
        boundary as valid_from,
        lead(boundary, 1, date '9999-12-31') over (order by boundary) as valid_to
    from boundaries

),

skus as (

    select
        charged.sku_hash,
        {% for column in sku_columns() -%}
        charged.{{ column }},
        {% endfor -%}
        spans.valid_from,
        spans.valid_to,
        {{ surrogate_key(sku_columns() + ['spans.valid_from']) }} as x_sku_key,
        coalesce(charged.x_sku_text, '') as text,
        -- Marketplace lines name their model only in the service's name.
        coalesce(charged.bill_model_id, concat_ws('|', charged.service_name, charged.x_sku_text)) as model_id_raw
    from charged
    inner join spans
        on
            charged.last_date >= spans.valid_from
            and charged.first_date < spans.valid_to

),

layered as (

    select
        skus.x_sku_key,
        min_by(rules.rule_id, rules.priority) as x_classifier_rule_id,
        min_by(rules.layer, rules.priority) as layer,
        min_by(rules.driver_kind, rules.priority) as driver_kind
    from skus
    inner join {{ ref('charge_layers') }} as rules
        on
            (rules.provider is null or skus.provider = rules.provider)
            and {{ rule_holds('rules', 'skus') }}
            and (rules.service_pattern = '.*' or {{ regex_match("coalesce(skus.service_name, '')", 'rules.service_pattern') }})
            and {{ pattern_match('skus.text', 'rules.text_pattern', 'rules.text_hints') }}
    group by skus.x_sku_key

),

{% for attribute, seed in [
    ('token_kind', 'token_line_patterns'), ('service_tier', 'token_tier_patterns'), ('geo_scope', 'token_routing_patterns'),
    ('context_band', 'token_context_patterns'), ('modality', 'token_modality_patterns'),
] %}
{{ attribute }}_rules as (

    select
        skus.x_sku_key,
        min_by(rules.{{ attribute }}, rules.priority) as {{ attribute }}
    from skus
    inner join {{ ref(seed) }} as rules
        on
            (rules.provider is null or skus.provider = rules.provider)
            and {{ rule_holds('rules', 'skus') }}
            and {{ pattern_match('skus.text', 'rules.text_pattern', 'rules.text_hints') }}
    group by skus.x_sku_key

),
{% endfor %}

models as (

    {{ resolve_model('(select distinct provider, model_id_raw from skus)') }}

),

classified as (

    select
        skus.*,
        layered.x_classifier_rule_id,
        models.model_id,
        coalesce(layered.layer, 'other') as layer,
        coalesce(layered.driver_kind, 'none') as driver_kind,
        families.driver_family,
        -- The bill's own token keys (FOCUS 1.5 working draft) win over its text; a cache write without a lifetime is a 5-minute one.
        case
            when lower(skus.bill_token_direction) = 'output' then 'output'
            when lower(skus.bill_token_cache_action) = 'read' then 'cache_read'
            when lower(skus.bill_token_cache_action) = 'write' then coalesce(nullif(token_kind_rules.token_kind, 'input'), 'cache_write_5m')
            when lower(skus.bill_token_direction) = 'input' then 'input'
            else token_kind_rules.token_kind
        end as token_kind,
        coalesce(service_tier_rules.service_tier, 'standard') as service_tier,
        coalesce(geo_scope_rules.geo_scope, 'in_region') as geo_scope,
        context_band_rules.context_band,
        modality_rules.modality,
        units.x_unit_rule_id,
        units.base_unit,
        units.unit_multiplier,
        units.unit_divisor,
        case when layered.layer = 'gpu' then accelerators.gpu_type end as gpu_type,
        case when layered.layer = 'gpu' then accelerators.gpu_count end as gpu_count
    from skus
    left join layered on skus.x_sku_key = layered.x_sku_key
    left join {{ ref('driver_families') }} as families on coalesce(layered.driver_kind, 'none') = families.driver_kind
    left join token_kind_rules on skus.x_sku_key = token_kind_rules.x_sku_key
    left join service_tier_rules on skus.x_sku_key = service_tier_rules.x_sku_key
    left join geo_scope_rules on skus.x_sku_key = geo_scope_rules.x_sku_key
    left join context_band_rules on skus.x_sku_key = context_band_rules.x_sku_key
    left join modality_rules on skus.x_sku_key = modality_rules.x_sku_key
    left join {{ ref('int_charges__units') }} as units
        on
            skus.provider is not distinct from units.provider
            and skus.consumed_unit = units.consumed_unit
            and skus.x_sku_text is not distinct from units.x_sku_text
            and skus.x_unit_text is not distinct from units.x_unit_text
            and skus.valid_from >= units.valid_from
            and skus.valid_from < units.valid_to
    left join {{ ref('int_charges__accelerators') }} as accelerators
        on
            skus.provider is not distinct from accelerators.provider
            and skus.resource_type is not distinct from accelerators.resource_type
            and skus.x_sku_text is not distinct from accelerators.x_sku_text
            and skus.valid_from >= accelerators.valid_from
            and skus.valid_from < accelerators.valid_to
    left join models
        on
            skus.provider = models.provider
            and skus.model_id_raw = models.model_id_raw

)

select * from classified
