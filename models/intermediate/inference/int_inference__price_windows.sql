-- Grain: one row per provider and model that costs more or less at some hours of the day.
{{ config(materialized='view') }}
select distinct
    provider,
    model_id
from {{ ref('int_inference__price_book') }}
where window_to_minute - window_from_minute < 1440
