-- Two rows for one interface on one day would count its bytes twice.
-- Fix: date the rows of network_interfaces.csv so that the older ends (valid_to) where the newer begins (valid_from).
select
    one.interface_id,
    one.x_source_row_number,
    two.x_source_row_number as overlapping_row_number
from {{ ref('stg_policy__network_interfaces') }} as one
inner join {{ ref('stg_policy__network_interfaces') }} as two
    on
        one.interface_id = two.interface_id
        and one.x_source_row_number < two.x_source_row_number
        and coalesce(one.valid_from, date '1900-01-01') < coalesce(two.valid_to, date '9999-12-31')
        and coalesce(two.valid_from, date '1900-01-01') < coalesce(one.valid_to, date '9999-12-31')
where
    one.x_quarantine_reason is null
    and two.x_quarantine_reason is null
