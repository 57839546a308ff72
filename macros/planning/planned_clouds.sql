{% macro planned_clouds() -%}
    {#- A query: the clouds a plan is worked out for, each with the region its seed rates are of. -#}
    select * from (values ('aws', 'us-east-1'), ('gcp', 'us-central1'), ('azure', 'eastus')) as clouds (provider, region)
{%- endmacro %}
