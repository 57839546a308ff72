-- Grain: one row per token pool and consumer.
-- Conserves: every amount of the token pools that have tokens to split them by.
{{ split_by_driver('tokens', ref('int_inference__drivers')) }}
