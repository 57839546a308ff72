-- Grain: one row per billed line that could not be used, with the reason. Every check of every line is made here, once; queries over the lines only leave these out.
{% for model in charge_sources() -%}
select
    x_source,
    x_source_file,
    x_source_row_number,
    x_row_part,
    x_quarantine_reason
from {{ ref(model) }}
where x_quarantine_reason is not null
{{ 'union all' if not loop.last }}
{% endfor %}
