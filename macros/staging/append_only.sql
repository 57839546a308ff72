{% macro append_only_sources() -%}
    {#- Staging models of bills that are delivered as more lines and never as a newer whole: what is wrong is taken back by a line of its own. -#}
    {{ return(['stg_gcp__billing_exports', 'stg_gcp__credits', 'stg_oci__cost_reports']) }}
{%- endmacro %}

{% macro statement_name(file_column) -%}
    {#- The file, or the export its parts are of: BigQuery and Spark cut one export into files that differ by a counter (000000000012, part-00012-…, 00012-of-00040),
        and equal lines of one export may lie in two of them. -#}
    regexp_replace({{ file_column }}, '(0000[0-9]{8}|part-[0-9]+(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?(-c[0-9]+)?|[0-9]+-of-[0-9]+)', '#')
{%- endmacro %}
