{{ config(materialized='view') }}
-- Grain: one row per bill line and ledger row of its pool: what this line pays of that row.
-- Conserves: every amount of fct_charges per line and every billed amount of fct_cost_allocations per row, both exactly.
{{ line_shares(ref('fct_charges'), ref('fct_cost_allocations')) }}
