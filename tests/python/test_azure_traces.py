"""28,185 real calls of Azure's public trace against a bill generated from them: every request has a price, and the requests sum to the bill."""

from __future__ import annotations

import csv
from decimal import Decimal

import duckdb
import pytest

SUBSCRIPTION = "3b1f7c52-9a44-4c0e-8f21-5d1f6a7b8c90"
METERS = {"input": ("gpt-4o-0806-Inp-glbl Tokens", Decimal("2.5")), "output": ("gpt-4o-0806-Outp-glbl Tokens", Decimal("10"))}
DISCOUNT = Decimal("0.8837")  # no rate of it is a round number


@pytest.fixture(scope="module")
def warehouse(build, real_data, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    traces = real_data / "telemetry" / "azure_llm_2023"
    if not traces.is_dir():
        pytest.skip(f"no Azure traces at {traces}")
    landing = tmp_path_factory.mktemp("traces") / "landing"
    (landing / "llm_calls").mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table calls as
            select
                kind || '-' || row_number() over (partition by kind order by ts) as call_id, 'azure' as provider, 'azure_openai' as platform, '{SUBSCRIPTION}' as account_id,
                'westeurope' as region, 'global' as geo_scope, 'gpt-4o-2024-08-06' as model, 'standard' as service_tier, 'chat' as operation, ts as started_at, ts as ended_at,
                'ok' as status, 'inclusive' as token_convention, context_tokens as input_tokens, 0 as cache_read_tokens, 0 as cache_write_5m_tokens, 0 as cache_write_1h_tokens,
                generated_tokens as output_tokens, 0 as reasoning_tokens, 0 as retrieved_context_tokens, '{{"team": "' || kind || '"}}' as tags
            from (
                select 'code' as kind, * from '{traces}/azure_llm_inference_code.parquet' union all select 'conv' as kind, * from '{traces}/azure_llm_inference_conv.parquet'
            )
        """)
        connection.execute(f"copy calls to '{landing}/llm_calls/trace.csv' (header)")
        day, given, generated = connection.execute("select max(started_at)::date, sum(input_tokens), sum(output_tokens) from calls").fetchone()
    folder = landing / "azure_actual_costs" / "export"
    folder.mkdir(parents=True)
    with (folder / "part.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["BillingAccountId", "SubscriptionId", "Date", "MeterCategory", "MeterSubCategory", "MeterName", "UnitOfMeasure", "Quantity", "Cost", "BillingCurrency", "ResourceLocation", "ChargeType"])
        for kind, tokens in (("input", given), ("output", generated)):
            meter, price = METERS[kind]
            cost = round(tokens * price / 1_000_000 * DISCOUNT, 10)
            writer.writerow(["1", SUBSCRIPTION, f"{day:%m/%d/%Y}", "Cognitive Services", "Azure OpenAI", meter, "1K", Decimal(int(tokens)) / 1000, cost, "USD", "westeurope", "Usage"])
    return duckdb.connect(str(build(landing, select="+inference_calibration_monthly +int_inference__split")), read_only=True)


def test_every_token_of_the_trace_meets_its_bill_line(warehouse):
    rows = warehouse.execute("select token_kind, status, metered_tokens, billed_tokens, list_rate_per_million, cost_difference = rate_difference from marts.inference_calibration_daily order by 1").fetchall()
    assert rows == [("input", "compared", 40_421_844, 40_421_844, Decimal("2.5"), True), ("output", "compared", 4_334_561, 4_334_561, Decimal(10), True)]


def test_the_bill_is_split_over_the_requests_and_nothing_is_left(warehouse):
    """Priced one by one at the effective rate, 28,185 requests are within a rounding of the bill; as shares of the pool they are the bill."""
    calls, priced, bill = warehouse.execute("""
        with rates as (select token_kind, effective_rate_per_token as rate from marts.inference_calibration_daily),
        costs as (
            select calls.call_id, cast(round(calls.input_tokens * given.rate + calls.output_tokens * made.rate, 12) as decimal(38, 12)) as cost
            from intermediate.int_inference__calls as calls, rates as given, rates as made
            where given.token_kind = 'input' and made.token_kind = 'output'
        )
        select count(*) filter (where cost > 0), sum(cost), (select sum(effective_cost_reporting) from marts.inference_calibration_daily) from costs
    """).fetchone()
    assert calls == 28_185 and abs(priced - bill) < Decimal("0.0000001"), (calls, priced, bill)
    split = warehouse.execute("select sum(effective_cost) from intermediate.int_inference__split").fetchone()[0]
    assert split == bill
