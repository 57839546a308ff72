{% macro is_gpu_resource(resource) -%}
    {#- Is a Kubernetes resource, as kube-state-metrics spells it, a GPU or a part of one? Memory and core quotas of vGPU plugins are none. -#}
    ({{ resource }} in ('nvidia_com_gpu', 'nvidia_com_gpu_shared', 'amd_com_gpu', 'gpu_intel_com_i915', 'gpu_intel_com_xe') or {{ resource }} like 'nvidia_com_mig_%')
{%- endmacro %}

{% macro epoch_seconds(seconds) -%}
    {#- Seconds since 1970 as a UTC timestamp. -#}
    {{ return(adapter.dispatch('epoch_seconds', 'apportion')(seconds)) }}
{%- endmacro %}

{% macro duckdb__epoch_seconds(seconds) -%}
    make_timestamp(cast(round({{ seconds }} * 1000000) as bigint))
{%- endmacro %}

{% macro default__epoch_seconds(seconds) -%}
    timestamp_micros(cast(round({{ seconds }} * 1000000) as bigint))
{%- endmacro %}

{% macro strip_label_prefix(labels) -%}
    {#- Pod labels as tags: kube-state-metrics writes each as label_<name>; the rest names the pod itself. -#}
    {{ return(adapter.dispatch('strip_label_prefix', 'apportion')(labels)) }}
{%- endmacro %}

{% macro duckdb__strip_label_prefix(labels) -%}
    coalesce(map_from_entries(list_transform(
        list_filter(map_entries({{ labels }}), lambda e: starts_with(e.key, 'label_')),
        lambda e: struct_pack("key" := substr(e.key, 7), "value" := e.value)
    )), {{ no_tags() }})
{%- endmacro %}

{% macro default__strip_label_prefix(labels) -%}
    coalesce(map_from_entries(transform(
        filter(map_entries({{ labels }}), e -> startswith(e.key, 'label_')),
        e -> named_struct('key', substr(e.key, 7), 'value', e.value)
    )), {{ no_tags() }})
{%- endmacro %}

{% macro scrapes_of(samples) -%}
    {#- When each cluster was looked at, and when next: what a scrape no longer shows was gone by then. samples: relation (cluster, sampled_at). -#}
    select
        cluster,
        sampled_at,
        lead(sampled_at) over (partition by cluster order by sampled_at) as next_scrape
    from (
        select distinct
            cluster,
            sampled_at
        from {{ samples }}
    ) as moments
{%- endmacro %}
