-- Grain: one row per vector retrieval pool and consumer.
-- Conserves: every amount of the retrieval pools that have queries or stored indexes to split them by.
{{ split_by_driver('retrieval', ref('int_retrieval__drivers'), unit_scale=1000000, driver_grain='day') }}
