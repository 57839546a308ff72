-- Grain: one row per GPU pool and consumer, idle capacity among them.
-- Conserves: every amount of the GPU pools whose hours have capacity or use.
{{ split_by_driver('gpu', ref('int_gpu__drivers'), capacity=ref('int_gpu__capacity'), unit_scale=1000000) }}
