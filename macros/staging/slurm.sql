{% macro tres_gpus(tres) -%}
    {#- GPUs in a TRES text: billing=64,cpu=9,gres/gpu:a100=8,gres/gpu=8. Typed entries count, the untyped one repeats them; a type that names a MIG profile
        (a100_3g.20gb) is so many sevenths of a GPU, on an A30 quarters. -#}
    {{ return(adapter.dispatch('tres_gpus', 'apportion')(tres)) }}
{%- endmacro %}

{% macro duckdb__tres_gpus(tres) -%}
    case
        when regexp_matches({{ tres }}, 'gres/gpu:[^=,]+=') then list_sum(list_transform(
            regexp_extract_all({{ tres }}, 'gres/gpu:([^=,]+=[0-9]+)', 1),
            lambda entry: cast(split_part(entry, '=', 2) as decimal(18, 6)) * case
                when regexp_matches(entry, '[0-9]g\.[0-9]+gb')
                    then cast(floor(
                        1000000 * cast(regexp_extract(entry, '([0-9])g\.[0-9]+gb', 1) as integer)
                        / case when regexp_matches(entry, '1g\.6gb|2g\.12gb|4g\.24gb') then 4 else 7 end
                    ) as decimal(18, 6)) * cast(0.000001 as decimal(7, 6))
                else 1
            end
        ))
        else coalesce(try_cast(nullif(regexp_extract({{ tres }}, 'gres/gpu=([0-9]+)', 1), '') as decimal(18, 6)), 0)
    end
{%- endmacro %}

{% macro default__tres_gpus(tres) -%}
    case
        when {{ tres }} rlike 'gres/gpu:[^=,]+=' then aggregate(
            regexp_extract_all({{ tres }}, 'gres/gpu:([^=,]+=[0-9]+)', 1),
            cast(0 as decimal(18, 6)),
            (total, entry) -> cast(total + cast(split_part(entry, '=', 2) as decimal(18, 6)) * case
                when entry rlike '[0-9]g\\.[0-9]+gb'
                    then cast(floor(
                        1000000 * cast(regexp_extract(entry, '([0-9])g\\.[0-9]+gb', 1) as integer)
                        / case when entry rlike '1g\\.6gb|2g\\.12gb|4g\\.24gb' then 4 else 7 end
                    ) as decimal(18, 6)) * cast(0.000001 as decimal(7, 6))
                else 1
            end as decimal(18, 6))
        )
        else coalesce(cast(nullif(regexp_extract({{ tres }}, 'gres/gpu=([0-9]+)', 1), '') as decimal(18, 6)), 0)
    end
{%- endmacro %}

{% macro host_list(hosts) -%}
    {#- A Slurm host list as a list of names: gpu[001-003,007],login1 -> gpu001, gpu002, gpu003, gpu007, login1. -#}
    {{ return(adapter.dispatch('host_list', 'apportion')(hosts)) }}
{%- endmacro %}

{% macro duckdb__host_list(hosts) -%}
    flatten(list_transform(
        regexp_extract_all({{ hosts }}, '[^,\[\]]+(?:\[[^\]]*\])?'),
        lambda part: case
            when not contains(part, '[') then [part]
            else flatten(list_transform(
                string_split(regexp_extract(part, '\[([^\]]*)', 1), ','),
                lambda span: list_transform(
                    generate_series(cast(split_part(span, '-', 1) as bigint), cast(coalesce(nullif(split_part(span, '-', 2), ''), span) as bigint)),
                    lambda number: regexp_extract(part, '^[^\[]*') || lpad(cast(number as varchar), cast(greatest(len(split_part(span, '-', 1)), len(cast(number as varchar))) as integer), '0')
                )
            ))
        end
    ))
{%- endmacro %}

{% macro default__host_list(hosts) -%}
    flatten(transform(
        regexp_extract_all({{ hosts }}, '([^,\\[\\]]+(?:\\[[^\\]]*\\])?)', 1),
        part -> case
            when not contains(part, '[') then array(part)
            else flatten(transform(
                split(regexp_extract(part, '\\[([^\\]]*)', 1), ','),
                span -> transform(
                    sequence(cast(split_part(span, '-', 1) as bigint), cast(coalesce(nullif(split_part(span, '-', 2), ''), span) as bigint)),
                    number -> regexp_extract(part, '^([^\\[]*)', 1) || lpad(cast(number as string), greatest(length(split_part(span, '-', 1)), length(cast(number as string))), '0')
                )
            ))
        end
    ))
{%- endmacro %}
