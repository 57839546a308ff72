{% macro principal_role(column) -%}
    {#- The role behind an AWS session (arn:aws:sts::111:assumed-role/Role/session -> arn:aws:sts::111:assumed-role/Role): a rule for a role need not know its sessions.
        Null for every other principal, whose own name says all there is. -#}
    nullif(regexp_extract({{ column }}, '^(arn:aws[a-z-]*:sts::[0-9]*:assumed-role/[^/]+)/', 1), '')
{%- endmacro %}
