{% macro resolve_model(distinct_relation, names_only=false) -%}
    {#-
        One row per distinct (provider, model_id_raw) of the relation, with the canonical model it names: model_id, model_family, model_developer.
        An unknown name keeps nulls: it stays visible as unmapped, and never takes the price of a model that merely looks like it.

        Tried in this order, first hit wins; inside a step the lower priority, then the alias id:
          1. the name as written, against exact aliases;
          2. without its route: the ARN of a foundation model or system inference profile, a gateway's provider path, a geography (us., global.), a vendor
             (anthropic.), a revision (:0, @20250929). An application inference profile's ARN says nothing about its model and is left whole;
          3. without its release date and -v1: a dated snapshot sells at its model's price unless it has an alias of its own;
          4. regular expressions on bill text, unless names_only: ask for names_only where the text is a telemetry name, so that a customer's own
             deployment name is never read as a sentence about a model.

        distinct_relation is a relation or a bracketed subquery. Patterns hold no backslash here, since Spark would eat it.
    -#}
    {%- set routes = 'bedrock|bedrock_converse|bedrock_mantle|converse|converse_like|invoke|vertex_ai|vertex_ai_beta|vertex_ai-anthropic_models|azure|azure_ai|azure_openai'
        ~ '|anthropic|openai|gemini|google|deepseek|mistral|mistralai|meta-llama|meta|cohere|cohere_chat|amazon|qwen|openrouter|litellm_proxy|models|responses|chat'
        ~ '|us|eu|apac|us-gov|global|global-standard|[a-z][a-z](?:-gov)?-[a-z]+-[0-9]|publishers/[a-z0-9-]+/models|projects/[^/]+/locations/[^/]+/publishers/[a-z0-9-]+/models' -%}
    {%- set vendors = 'amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|zai' -%}
    with

    names as (

        select
            provider,
            model_id_raw,
            lower(trim(model_id_raw)) as spelled
        from {{ distinct_relation }} as named

    ),

    unrouted as (

        select
            *,
            regexp_replace(
                regexp_replace(spelled, '^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(?:foundation-model|inference-profile)/', ''),
                '^(?:(?:{{ routes }})/)+', ''
            ) as without_path
        from names

    ),

    unhosted as (

        select
            *,
            regexp_replace(
                regexp_replace(
                    regexp_replace(without_path, '^(?:us|eu|apac|au|jp|ca|in|us-gov|global)[.]', ''),
                    '^(?:{{ vendors }})[.]', ''
                ),
                '(?::[0-9]+[a-z]*|@[a-z0-9-]+)+$', ''
            ) as bare
        from unrouted

    ),

    undated as (

        select
            *,
            regexp_replace(bare, '(?:-20[0-9][0-9]-?[0-9][0-9]-?[0-9][0-9])?(?:-v[0-9]+)?$', '') as undated
        from unhosted

    ),

    aliases as (

        select
            *,
            lpad(cast(priority as varchar), 9, '0') || alias_id as alias_order
        from {{ ref('model_aliases') }}

    ),

    candidates as (

        {%- for step, spelling in [(1, 'spelled'), (2, 'bare'), (3, 'undated')] %}
        select
            undated.provider,
            undated.model_id_raw,
            aliases.model_id,
            aliases.model_family,
            aliases.model_developer,
            '{{ step }}' || aliases.alias_order as match_order
        from undated
        inner join aliases
            on
                aliases.alias_kind = 'exact'
                and undated.{{ spelling }} = aliases.alias
                and (aliases.provider is null or aliases.provider = undated.provider)
        {{ 'union all' if not (loop.last and names_only) }}
        {%- endfor %}
        {%- if not names_only %}
        select
            undated.provider,
            undated.model_id_raw,
            aliases.model_id,
            aliases.model_family,
            aliases.model_developer,
            '4' || aliases.alias_order as match_order
        from undated
        inner join aliases
            on
                aliases.alias_kind = 'regex'
                and (aliases.provider is null or aliases.provider = undated.provider)
                and {{ pattern_match('undated.model_id_raw', 'aliases.alias', 'aliases.alias_hints') }}
        {%- endif %}

    ),

    ranked as (

        select
            *,
            row_number() over (partition by provider, model_id_raw order by match_order) as match_rank
        from candidates

    )

    select
        names.provider,
        names.model_id_raw,
        ranked.model_id,
        ranked.model_family,
        ranked.model_developer
    from names
    left join ranked
        on
            names.model_id_raw = ranked.model_id_raw
            and names.provider is not distinct from ranked.provider
            and ranked.match_rank = 1
{%- endmacro %}
