{% macro expect_failures(cases) -%}
    {#-
        The last select of a test of a test. Each case is [what it shows, the SQL of a test, how many rows it must return]: `some` for at least one.
        A case that returns another number of rows is a row here, so that the test of the test fails and names it.
    -#}
observed as (
    {% for name, sql, expected in cases %}
    select
        '{{ name | replace("'", "''") }}' as test_case,
        '{{ expected }}' as expected_failures,
        (
            select count(*)
            from (
                {{ sql }}
            ) as failures
        ) as observed_failures
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select *
from observed
where
    (expected_failures = 'some' and observed_failures = 0)
    or (expected_failures <> 'some' and cast(observed_failures as varchar) <> expected_failures)
{%- endmacro %}
