-- Grain: one row per storage or logging pool and consumer.
-- Conserves: every amount of the storage pools whose bucket, volume, log group or account is known to the inventory.
{{ split_by_driver('storage', ref('int_storage__drivers'), unit_scale=1000000, driver_grain='day') }}
