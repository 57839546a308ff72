{% macro split_call_tokens(relation, counts, convention="case when split_cached > split_input then 'exclusive' else 'inclusive' end") -%}
    {#-
        The counts of a source -> the disjoint split, as columns split_…: a query over the relation. What is missing in counts the source never says.
        counts: SQL of input, output, total, cache_read, cache_write (every lifetime together), cache_write_5m, cache_write_1h, input_audio, input_image, reasoning (said to be inside
        the output), thinking (said to be outside), output_audio, output_image, tool_input (outside the input: what Gemini's own tools put into the prompt).
        convention: SQL over the relation, split_input and split_cached; an ambiguous count is read as inclusive, which is the convention of OpenTelemetry.

        Reasoning that is more than the output, or that the total holds on top of it, is outside whatever is said: Gemini counts so. No part becomes negative: where the parts of a
        count exceed it, the split says so in split_reconciles.
    -#}
    {%- set kinds = ['input', 'output', 'total', 'input_audio', 'input_image', 'reasoning', 'thinking', 'output_audio', 'output_image', 'tool_input'] -%}
    select
        *,
        greatest(split_fresh - coalesce(split_input_audio, 0) - coalesce(split_input_image, 0), 0) as split_input_tokens,
        split_cache_read as split_cache_read_tokens,
        case when split_input_audio is not null then least(split_input_audio, split_fresh) end as split_input_audio_tokens,
        case when split_input_image is not null then least(split_input_image, greatest(split_fresh - coalesce(split_input_audio, 0), 0)) end as split_input_image_tokens,
        greatest(split_written - coalesce(split_reasoned, 0) - coalesce(split_output_audio, 0) - coalesce(split_output_image, 0), 0) as split_output_text_tokens,
        split_reasoned as split_reasoning_tokens,
        split_output_audio as split_output_audio_tokens,
        split_output_image as split_output_image_tokens,
        case
            when coalesce(split_reasoned, 0) + coalesce(split_output_audio, 0) + coalesce(split_output_image, 0) > split_written then false
            when split_convention <> 'exclusive' and split_cached > coalesce(split_input, 0) then false
            when split_total is not null
                then split_total = split_fresh + split_cached + split_written or (split_convention = 'exclusive' and split_total = split_input + split_written)
        end as split_reconciles
    from (
        select
            *,
            greatest(split_asked + coalesce(split_tool_input, 0) - split_cached, 0) as split_fresh,
            coalesce(split_output, 0) + coalesce(split_thinking, 0) + case when split_reasons_apart then split_reasoning else 0 end as split_written,
            case when split_reasoning is not null or split_thinking is not null then coalesce(split_reasoning, 0) + coalesce(split_thinking, 0) end as split_reasoned
        from (
            select
                *,
                coalesce(
                    split_thinking is null and split_reasoning > 0
                    and (split_reasoning > coalesce(split_output, 0) or split_total = split_asked + coalesce(split_output, 0) + split_reasoning), false
                ) as split_reasons_apart
            from (
                select
                    *,
                    coalesce(split_input, 0) + case when split_convention = 'exclusive' then split_cached else 0 end as split_asked
                from (
                    select
                        *,
                        {{ convention }} as split_convention
                    from (
                        select
                            *,
                            split_cache_read + split_cache_write_5m_tokens + split_cache_write_1h_tokens + split_cache_write_unknown_tokens as split_cached
                        from (
                            select
                                *,
                                {% for kind in kinds -%}
                                {{ counts.get(kind, 'cast(null as bigint)') }} as split_{{ kind }},
                                {% endfor -%}
                                coalesce({{ counts.get('cache_read', '0') }}, 0) as split_cache_read,
                                {{ cache_write_split(counts) | indent(32) }}
                            from {{ relation }}
                        ) as split_counted
                    ) as split_summed
                ) as split_judged
            ) as split_included
        ) as split_reasoning_judged
    ) as split_totalled
{%- endmacro %}

{% macro cache_write_split(counts) -%}
    {#- Where a source tells one lifetime and the sum of all, the rest is the other; where it tells the sum alone, the lifetime is unknown. -#}
    {%- set total = counts.get('cache_write', 'cast(null as bigint)') -%}
    {%- set minutes = counts.get('cache_write_5m', 'cast(null as bigint)') -%}
    {%- set hour = counts.get('cache_write_1h', 'cast(null as bigint)') -%}
    coalesce({{ minutes }}, greatest({{ total }} - {{ hour }}, 0), 0) as split_cache_write_5m_tokens,
    coalesce({{ hour }}, greatest({{ total }} - {{ minutes }}, 0), 0) as split_cache_write_1h_tokens,
    greatest(coalesce({{ total }}, 0) - coalesce({{ minutes }} + {{ hour }}, {{ minutes }}, {{ hour }}, 0), 0)
    * case when ({{ minutes }} is null) = ({{ hour }} is null) then 1 else 0 end as split_cache_write_unknown_tokens
{%- endmacro %}

{% macro split_tokens() -%}
    {#- The split of split_call_tokens, under the names and in the order of the stream. -#}
    {% for column in apportion.call_token_columns() -%}
    split_{{ column }} as {{ column }}{{ ',\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
