"""Bills generated from the calls with one error each: of every error the calibration finds the cause and the amount.

One company, twenty days, one model per error. The same calls make the telemetry and the bill; then one side is falsified. Prices are the public list of 2026, written down here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company

FIRST = datetime(2026, 9, 3)
DAYS = 20
KINDS = {"input": "input_tokens", "cache_read": "cache_read_tokens", "output": "output_tokens"}
USAGE = {"input": "input-tokens", "cache_read": "cache-read-input-token-count", "output": "output-tokens"}
# error -> (native id, name on the bill, dollars per million of input, cache read, output)
MODELS = {
    "bypass": ("anthropic.claude-sonnet-4-6", "Claude4.6Sonnet", "3.3", "0.33", "16.5"),
    "discount": ("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude4.5Haiku", "1.1", "0.11", "5.5"),
    "cache": ("anthropic.claude-opus-4-6-v1", "Claude4.6Opus", "5.5", "0.55", "27.5"),
    "bill_unit": ("amazon.nova-lite-v1:0", "NovaLite", "0.06", "0.015", "0.24"),
    "telemetry_unit": ("amazon.nova-micro-v1:0", "NovaMicro", "0.035", "0.00875", "0.14"),
    "day_late": ("amazon.nova-pro-v1:0", "NovaPro", "0.8", "0.2", "3.2"),
    "unpriced": ("amazon.nova-omega-v9:0", "NovaOmega", "7", "7", "7"),
}
IDS = {
    "bypass": "claude-sonnet-4-6", "discount": "claude-haiku-4-5", "cache": "claude-opus-4-6", "bill_unit": "nova-lite", "telemetry_unit": "nova-micro", "day_late": "nova-pro",
}  # fmt: skip
CAUSES = ["coverage", "rate", "quantity", "timing", "unknown"]


def calls_of(error: str, dice: random.Random) -> list[dict]:
    """Ten calls a day, of another size and mix each."""
    return [
        {
            "error": error, "day": day, "number": number, "at": FIRST + timedelta(days=day, hours=2 * number, minutes=dice.randrange(60)),
            "input": dice.randrange(1000, 9000) * 1000, "cache_read": dice.randrange(4000, 6000) * 1000, "output": dice.randrange(500, 900) * 1000,
        }
        for day in range(DAYS)
        for number in range(10)
    ]  # fmt: skip


def price(error: str, kind: str) -> Decimal:
    return Decimal(MODELS[error][2 + list(KINDS).index(kind)]) / 1_000_000


def telemetry_of(call: dict) -> dict | None:
    """What the log says of a call: nothing for three in ten of one model, cached tokens as fresh ones for another, thousands for a third."""
    counts = {kind: call[kind] for kind in KINDS}
    if call["error"] == "bypass" and call["number"] % 10 in (1, 4, 8):
        return None
    if call["error"] == "cache":
        counts = {"input": counts["input"] + counts["cache_read"], "cache_read": 0, "output": counts["output"]}
    if call["error"] == "telemetry_unit":
        counts = {kind: tokens // 1000 for kind, tokens in counts.items()}
    return {
        "call_id": f"{call['error']}-{call['day']}-{call['number']}", "provider": "aws", "platform": "bedrock", "account_id": call.get("account", small_company.MEMBER), "region": small_company.REGION,
        "geo_scope": "geo" if "claude" in MODELS[call["error"]][0] else "in_region", "model": MODELS[call["error"]][0], "service_tier": "standard", "operation": "chat",
        "started_at": call["at"], "ended_at": call["at"] + timedelta(seconds=8), "status": "ok", "token_convention": "exclusive",
        **{KINDS[kind]: tokens for kind, tokens in counts.items()}, "cache_write_5m_tokens": 0, "cache_write_1h_tokens": 0, "reasoning_tokens": 0, "retrieved_context_tokens": 0,
        "tags": small_company.tags("support"),
    }  # fmt: skip


def bill_lines(error: str, calls: list[dict], shift: int = 0) -> list[dict]:
    rows = []
    for day in range(DAYS):
        for kind in KINDS:
            tokens = sum(call[kind] for call in calls if call["day"] == day)
            cost = tokens * price(error, kind) * (Decimal("0.88") if error == "discount" else 1)
            quantity = Decimal(tokens) / (1_000_000 if error == "bill_unit" else 1000)  # millions in a line that says thousands
            late = 1 if error == "day_late" else 0
            rows.append(line(MODELS[error][1], kind, FIRST + timedelta(days=day + late + shift), quantity, cost))
    return rows


def line(name: str, kind: str, starts: datetime, quantity: Decimal, cost: Decimal) -> dict:
    row = small_company.line("AmazonBedrock", f"USE1-{name}-{USAGE[kind]}", 0, f"{quantity:f}", "1", unit="1K tokens", cost=f"{cost:f}")
    month = starts.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    stamps = {
        "bill_billing_period_start_date": month, "bill_billing_period_end_date": following, "line_item_usage_start_date": starts, "line_item_usage_end_date": starts + timedelta(days=1),
    }  # fmt: skip
    return {**row, **{column: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for column, moment in stamps.items()}}


@pytest.fixture(scope="module")
def calls() -> dict[str, list[dict]]:
    dice = random.Random(4)
    return {error: calls_of(error, dice) for error in MODELS}


@pytest.fixture(scope="module")
def warehouse(build: Callable[..., Path], calls: dict[str, list[dict]], tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    logged = [telemetry_of(call) for every in calls.values() for call in every]
    billed = [row for error, every in calls.items() for row in bill_lines(error, every)]
    # August is billed and was never metered; in October telemetry names another account than the bill; in November the bill has not come.
    billed.append(line("Claude4.6Sonnet", "output", datetime(2026, 8, 5), Decimal(1000), Decimal("16.5")))
    billed.append(line("Claude4.6Sonnet", "output", datetime(2026, 10, 5), Decimal(1000), Decimal("16.5")))
    strays = [("october", datetime(2026, 10, 5, 9), "another-account"), ("november", datetime(2026, 11, 2, 9), small_company.MEMBER)]
    for name, at, account in strays:
        logged.append({**telemetry_of({"error": "bypass", "day": name, "number": 0, "at": at, "account": account, "input": 0, "cache_read": 0, "output": 1_000_000})})
    landing = small_company.write(tmp_path_factory.mktemp("calibration") / "landing", {"aws_cur2": billed, "llm_calls": [row for row in logged if row]})
    return duckdb.connect(str(build(landing, select="+inference_calibration_monthly")), read_only=True)


def listed(error: str, calls: list[dict]) -> Decimal:
    return sum((call[kind] * price(error, kind) for call in calls for kind in KINDS), Decimal(0))


def causes(warehouse: duckdb.DuckDBPyConnection, error: str) -> dict[str, Decimal]:
    shown = ", ".join(f"{cause}_difference" for cause in CAUSES)
    rows = warehouse.execute(f"select {shown} from marts.inference_calibration_monthly where model_id = ? and usage_month = '2026-09-01'", [IDS[error]]).fetchall()
    assert len(rows) == 1
    return {cause: amount for cause, amount in zip(CAUSES, rows[0]) if amount}


def test_bypassed_calls_are_coverage_to_the_last_decimal(warehouse, calls):
    """Three calls in ten, of another mix than the rest: what they cost at list is missing, and nothing is called another count."""
    missing = listed("bypass", [call for call in calls["bypass"] if telemetry_of(call) is None])
    assert causes(warehouse, "bypass") == {"coverage": -missing}
    assert warehouse.execute("select min(seen_share) > 0.5, max(seen_share) < 0.9 from marts.inference_calibration_daily where model_id = 'claude-sonnet-4-6' and usage_month = '2026-09-01'").fetchall() == [(True, True)]


def test_a_discount_is_rate(warehouse, calls):
    assert causes(warehouse, "discount") == {"rate": listed("discount", calls["discount"]) * Decimal("0.12")}
    rates = warehouse.execute("select distinct token_kind, list_rate_per_million, effective_rate_per_million, effective_rate_per_token from marts.inference_calibration_daily where model_id = 'claude-haiku-4-5' order by 1").fetchall()
    assert rates == [(kind, rate, rate * Decimal("0.88"), rate * Decimal("0.00000088")) for kind, rate in [("cache_read", Decimal("0.11")), ("input", Decimal("1.1")), ("output", Decimal("5.5"))]]


def test_cached_tokens_counted_as_fresh_are_quantity(warehouse, calls):
    """They stand in the estimate at the fresh price and are missing at the cached one: output says that every call was seen."""
    cached = sum(call["cache_read"] for call in calls["cache"])
    assert causes(warehouse, "cache") == {"quantity": cached * (price("cache", "input") - price("cache", "cache_read"))}


def test_a_misread_unit_of_the_bill_costs_nothing_and_is_named(warehouse):
    assert causes(warehouse, "bill_unit") == {}
    assert warehouse.execute("select distinct bill_unit_factor, effective_rate_per_million = list_rate_per_million from marts.inference_calibration_daily where model_id = 'nova-lite'").fetchall() == [(Decimal(1000), True)]


def test_tokens_logged_in_thousands_are_quantity(warehouse, calls):
    assert causes(warehouse, "telemetry_unit") == {"quantity": listed("telemetry_unit", calls["telemetry_unit"]) * Decimal("-0.999")}


def test_a_bill_a_day_late_is_timing_day_by_day_and_nothing_over_the_month(warehouse, calls):
    assert causes(warehouse, "day_late") == {}
    shown = ", ".join(f"sum({cause}_difference)" for cause in CAUSES)
    rows = warehouse.execute(f"select usage_date, max(bill_shift_hours), {shown} from marts.inference_calibration_daily where model_id = 'nova-pro' group by usage_date order by usage_date").fetchall()
    by_day = [listed("day_late", [call for call in calls["day_late"] if call["day"] == day]) for day in range(DAYS)]
    assert [row[5] for row in rows] == [used - stated for used, stated in zip([*by_day, 0], [0, *by_day])]
    assert {row[1] for row in rows[1:]} == {24} and all(not any((*row[2:5], row[6])) for row in rows)


def test_a_model_nobody_prices_is_unknown(warehouse, calls):
    rows = warehouse.execute("select sum(unknown_difference), sum(cost_difference), max(status) from marts.inference_calibration_daily where model_id like '%omega%' or model_id is null").fetchall()
    assert rows == [(-listed("unpriced", calls["unpriced"]),) * 2 + ("not_metered",)]


def test_use_newer_than_the_bill_is_timing(warehouse):
    rows = warehouse.execute("select status, cost_difference, timing_difference from marts.inference_calibration_monthly where usage_month = '2026-11-01'").fetchall()
    assert rows == [("not_billed_yet", Decimal("16.5"), Decimal("16.5"))]


def test_a_month_in_which_nothing_met_fails(warehouse, project_root):
    """October's telemetry names another account, August has none; September met. November waits for its bill and is no failure."""
    sql = (project_root / "tests" / "singular" / "assert_calibration_compares_something.sql").read_text()
    schemas = {"inference_calibration_daily": "marts", "int_calibration__metered": "intermediate"}
    rows = warehouse.execute(re.sub(r"\{\{ ref\('(\w+)'\) \}\}", lambda found: f"{schemas[found[1]]}.{found[1]}", sql) + " order by usage_month").fetchall()
    assert [(row[0].month, row[-1]) for row in rows] == [(8, "billed, and nothing metered"), (10, "both sides are there and nothing joined")]
    assert warehouse.execute("select usage_month, status from marts.inference_calibration_monthly where status = 'nothing_compared'").fetchall() == [(datetime(2026, 10, 1).date(), "nothing_compared")]
