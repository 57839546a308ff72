{% macro retrieval_parts() -%}
    {#- What retrieval cost is made of, as conditions on ledger rows with their pool's driver_kind; the first that holds counts, and `other` is what none names. -#}
    {{ return({
        'floor_idle': "allocation_step = 'idle'",
        'minimum': "charge_category = 'Purchase'",
        'rerank': "driver_kind = 'rerank'",
        'embedding': "token_kind is not null or driver_kind = 'embedding'",
        'query': "driver_kind = 'vector_search'",
        'indexing': "driver_kind = 'vector_index'",
        'storage': "driver_kind = 'vector_storage'",
    }) }}
{%- endmacro %}
