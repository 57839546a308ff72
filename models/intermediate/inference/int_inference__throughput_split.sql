-- Grain: one row per pool of capacity bought by the hour and consumer, idle capacity among them.
-- Conserves: every amount of the provisioned and reserved capacity whose use was measured. An hour's cost follows that hour's tokens, whatever period the bill states.
{{ split_by_driver('throughput', ref('int_inference__throughput_drivers'), capacity=ref('int_inference__capacity')) }}
