-- Grain: one row per data transfer or NAT pool and consumer.
-- Conserves: every amount of the egress pools whose bytes flow logs explain.
{{ split_by_driver('egress', ref('int_egress__drivers')) }}
