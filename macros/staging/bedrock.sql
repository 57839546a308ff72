{#- The models of an inference profile: a JSON list of {"modelArn": …}. -#}

{% macro profile_model_arns(column) -%}
    {{ return(adapter.dispatch('profile_model_arns')(column)) }}
{%- endmacro %}

{% macro duckdb__profile_model_arns(column) -%}
    cast(json_extract_string(try_cast({{ column }} as json), '$[*].modelArn') as varchar[])
{%- endmacro %}

{% macro default__profile_model_arns(column) -%}
    transform(from_json({{ column }}, 'array<struct<modelArn:string>>'), m -> m.modelArn)
{%- endmacro %}

{% macro profile_models(arns) -%}
    {#- Distinct model ids behind the ARNs. -#}
    {{ return(adapter.dispatch('profile_models')(arns)) }}
{%- endmacro %}

{% macro duckdb__profile_models(arns) -%}
    list_sort(list_distinct(list_transform({{ arns }}, lambda arn: regexp_replace(arn, '^.*/', ''))))
{%- endmacro %}

{% macro default__profile_models(arns) -%}
    array_sort(array_distinct(transform({{ arns }}, arn -> regexp_replace(arn, '^.*/', ''))))
{%- endmacro %}

{% macro profile_regions(arns) -%}
    {#- Distinct regions of the ARNs; empty for a model that is served anywhere. -#}
    {{ return(adapter.dispatch('profile_regions')(arns)) }}
{%- endmacro %}

{% macro duckdb__profile_regions(arns) -%}
    list_distinct(list_transform({{ arns }}, lambda arn: split_part(arn, ':', 4)))
{%- endmacro %}

{% macro default__profile_regions(arns) -%}
    array_distinct(transform({{ arns }}, arn -> split(arn, ':')[3]))
{%- endmacro %}
