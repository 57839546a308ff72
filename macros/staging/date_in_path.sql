{#- The first date a file's path names, as 2026-08-03 or 2026/08/03: inventories say in their folder, not in their rows, of which day they are. -#}
{% macro date_in_path(path) -%}
    try_cast(replace(regexp_extract({{ path }}, '20[0-9]{2}[-/][01][0-9][-/][0-3][0-9]'), '/', '-') as date)
{%- endmacro %}

{#- The first four folders of an object's path, with the last slash: what inventories are aggregated to, so that no list of keys is ever kept. -#}
{% macro folders_of(key) -%}
    regexp_extract({{ key }}, '^(?:[^/]*/){1,4}')
{%- endmacro %}

{#- Was a thing that is read at a known moment left unread for 90 days? Null where reads are not measured. -#}
{% macro is_unread(last_read, as_of) -%}
    cast({{ last_read }} as date) <= {{ as_of }} - 90
{%- endmacro %}
