{% macro replayed_cost(cost, price_as_used, price_changed) -%}
    {#- What a billed amount would have been at another list price: the discount the bill shows stays. Whole numbers, rounded once. Without both prices nothing changes. -#}
    coalesce(
        {{ mul_div(cost, 'cast(' ~ price_changed ~ ' * 1000000000000000 as hugeint)', 'cast(' ~ price_as_used ~ ' * 1000000000000000 as hugeint)') }},
        {{ cost }}
    )
{%- endmacro %}

{% macro cached_prompt_saving(prefix_tokens, thousandths_written) -%}
    {#- What an hour's calls would have saved with their prefix in the one-hour cache: every call reads it, but those that write pay the write instead. At the discount of the bill. -#}
    {{ mul_div(
        'cost_reporting',
        'cast(' ~ prefix_tokens ~ ' * (1000 * calls * (price_as_used - price_cache_read) - ' ~ thousandths_written ~ ' * (price_cache_write_1h - price_cache_read)) * 1000000000000 as hugeint)',
        'cast(tokens * 1000 * price_as_used * 1000000000000 as hugeint)'
    ) }}
{%- endmacro %}
