{#- Is it an address no packet on the internet bears (RFC 1918, RFC 6598, link-local, unique local)? Others are public. -#}
{% macro is_private_address(address) -%}
    {{ regex_match(address, "'^(10[.]|192[.]168[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]|169[.]254[.]|f[cd][0-9a-f]{2}:|fe80:)'") }}
{%- endmacro %}
