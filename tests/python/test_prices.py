"""Prices: the figures a reader can look up, the script that refreshes them, and the one set of calls whose cost is known."""

from __future__ import annotations

import csv
import functools
import os
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import refresh_prices
from refresh_prices import MILLION, Price, PriceError

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds" / "reference"
AUTUMN = date(2026, 10, 15)


@functools.cache
def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def prices() -> list[Price]:
    return refresh_prices.committed_prices()


def price_of(
    prices: Iterable[Price],
    provider: str,
    model: str,
    kind: str,
    on: date = AUTUMN,
    scope: str = "any",
    tier: str = "standard",
    context: int = 0,
    known_on: date | None = None,
    region: str = "",
) -> Decimal | None:
    """US dollars per million tokens by the precedence of the price book; known_on asks what was held to be true on that day."""
    rank = {"cited": 0, "genai-prices": 1, "derived": 2}
    found = [
        row
        for row in prices
        if row.grain == (provider, model, scope, tier, context, kind, region, ())
        and row.valid_from <= on < (row.valid_to or date.max)
        and (row.known_to is None if known_on is None else row.known_from <= known_on < (row.known_to or date.max))
    ]
    return min(found, key=lambda row: rank[row.price_source]).price * MILLION if found else None


# --- figures a reader can look up ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "scope", "per_million_in", "per_million_out"),
    [
        ("claude-sonnet-4-6", "global", "3", "15"),
        ("claude-sonnet-4-6", "geo", "3.3", "16.5"),
        ("claude-sonnet-4-6", "in_region", "3.3", "16.5"),
        ("claude-haiku-4-5", "global", "1", "5"),
        ("claude-haiku-4-5", "geo", "1.1", "5.5"),
        ("nova-micro", "any", "0.035", "0.14"),
        ("nova-lite", "any", "0.06", "0.24"),
        ("llama3-3-70b-instruct", "any", "0.72", "0.72"),
        # The figure that circulates (3/9) is the former price.
        ("mistral-large-2407", "any", "2", "6"),
    ],
)
def test_bedrock_prices(prices, model, scope, per_million_in, per_million_out):
    assert price_of(prices, "aws", model, "input", scope=scope) == Decimal(per_million_in)
    assert price_of(prices, "aws", model, "output", scope=scope) == Decimal(per_million_out)


@pytest.mark.parametrize(("region", "expected"), [("", "0.06"), ("eu", "0.078"), ("ap", "0.063"), ("us-gov-west-1", "0.072")])
def test_bedrock_prices_by_region(prices, region, expected):
    assert price_of(prices, "aws", "nova-lite", "input", region=region) == Decimal(expected)


def test_kinds_priced_apart_are_in_the_book(prices):
    assert price_of(prices, "gcp", "gemini-2.5-flash", "input_audio") == 1
    assert price_of(prices, "openai", "gpt-4.1", "file_search") == 2500
    assert price_of(prices, "aws", "rerank-v3.5", "rerank") == 2000
    assert {item.unit for item in prices if item.token_kind in ("web_search", "file_search", "rerank")} == {"searches"}


def test_a_bedrock_price_that_depends_on_routing_is_not_given_without_it(prices):
    assert price_of(prices, "aws", "claude-sonnet-4-6", "input", scope="any") is None


@pytest.mark.parametrize(
    ("provider", "model", "kind", "scope", "tier", "expected"),
    [
        ("aws", "claude-sonnet-4-6", "cache_read", "global", "standard", "0.3"),
        ("aws", "claude-sonnet-4-6", "cache_write_5m", "global", "standard", "3.75"),
        ("aws", "claude-sonnet-4-6", "cache_write_1h", "global", "standard", "6"),
        ("aws", "claude-sonnet-4-6", "input", "global", "batch", "1.5"),
        ("aws", "llama3-3-70b-instruct", "output", "any", "batch", "0.36"),
        ("aws", "titan-embed-text-v2", "input", "any", "standard", "0.02"),
        ("aws", "gpt-5.5", "input", "global", "standard", "5"),
        ("anthropic", "claude-haiku-4-5", "cache_write_1h", "any", "standard", "2"),
        ("anthropic", "claude-haiku-4-5", "output", "any", "batch", "2.5"),
        ("azure", "gpt-4o", "input", "any", "standard", "2.5"),
        ("azure", "gpt-4o", "input", "geo", "standard", "2.75"),
        ("azure", "gpt-4o", "output", "in_region", "standard", "11"),
        ("azure", "gpt-4.1", "cache_read", "any", "standard", "0.5"),
        ("azure", "gpt-4.1", "input", "any", "batch", "1"),
        ("azure", "text-embedding-3-small", "input", "any", "standard", "0.02"),
        ("gcp", "gemini-2.5-flash", "input", "any", "standard", "0.3"),
        ("gcp", "gemini-2.5-flash", "output", "any", "standard", "2.5"),
        ("gcp", "claude-sonnet-4-6", "input", "geo", "standard", "3.3"),
        ("openai", "gpt-4.1", "output", "any", "batch", "4"),
        ("openai", "gpt-4.1", "cache_read", "any", "batch", "0.5"),
    ],
)
def test_other_prices(prices, provider, model, kind, scope, tier, expected):
    assert price_of(prices, provider, model, kind, scope=scope, tier=tier) == Decimal(expected)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 6, 9), {"input": "10", "cache_read": "2.5", "output": "40"}),
        (date(2025, 6, 10), {"input": "2", "cache_read": "0.5", "output": "8"}),
    ],
)
def test_o3_price_cut_of_2025_06_10(prices, on, expected):
    assert {kind: price_of(prices, "openai", "o3", kind, on=on) for kind in expected} == {kind: Decimal(value) for kind, value in expected.items()}


def test_long_context_price_ended_on_2026_03_13(prices):
    band = 200_001
    assert price_of(prices, "anthropic", "claude-sonnet-4-6", "input", on=date(2026, 3, 12), context=band) == 6
    assert price_of(prices, "anthropic", "claude-sonnet-4-6", "input", on=date(2026, 3, 13), context=band) is None
    assert price_of(prices, "anthropic", "claude-sonnet-4-6", "input", on=date(2026, 3, 12)) == 3


@pytest.mark.parametrize(("provider", "scope", "factor"), [("anthropic", "any", "1"), ("aws", "global", "1"), ("aws", "geo", "1.1")])
def test_the_withdrawn_increase_of_sonnet_5(prices, provider, scope, factor):
    """Announced at launch for 2026-09-01, withdrawn on 2026-08-10: what was known decides which price an estimate of that day had."""
    day, asked = date(2026, 9, 15), {"scope": scope}
    assert price_of(prices, provider, "claude-sonnet-5", "input", on=day, known_on=date(2026, 7, 15), **asked) == 3 * Decimal(factor)
    assert price_of(prices, provider, "claude-sonnet-5", "input", on=day, known_on=date(2026, 8, 20), **asked) == 2 * Decimal(factor)
    assert price_of(prices, provider, "claude-sonnet-5", "input", on=day, **asked) == 2 * Decimal(factor)


def test_deepseek_prices_are_the_cited_ones(prices):
    april = {kind: price_of(prices, "deepseek", "deepseek-chat", kind, on=date(2026, 4, 12)) for kind in ("input", "cache_read", "output")}
    assert april == {"input": Decimal("0.28"), "cache_read": Decimal("0.028"), "output": Decimal("0.42")}
    assert not [row for row in prices if row.price_source == "genai-prices" and row.model_id in ("deepseek-chat", "deepseek-reasoner")]


def test_deepseek_calls_cost_exactly_what_was_charged(prices):
    """15,415 distinct calls of a coding agent in April 2026, some logged twice: dearer or cheaper by one cent would mean a wrong price or a wrong cache split."""
    root = Path(os.environ.get("APPORTION_REAL_DATA", ROOT.parent / "shared" / "data"))
    calls = root / "telemetry" / "swe_agent_deepseek" / "agent_llm_calls.parquet"
    if not calls.exists():
        pytest.skip(f"no real calls at {calls}: set APPORTION_REAL_DATA to the folder that holds telemetry/swe_agent_deepseek")
    tokens = duckdb.execute(
        """
        select date(make_timestamp(response_created * 1000000)) as usage_date, count(*), sum(prompt_cache_miss_tokens), sum(prompt_cache_hit_tokens), sum(completion_tokens)
        from (select distinct on (response_id) * from read_parquet(?))
        group by all
        """,
        [str(calls)],
    ).fetchall()
    cost = sum(
        count * price_of(prices, "deepseek", "deepseek-chat", kind, on=day) / MILLION
        for day, _, *counts in tokens
        for count, kind in zip(counts, ("input", "cache_read", "output"), strict=True)
    )
    assert sum(row[1] for row in tokens) == 15_415
    assert cost == Decimal("12.644990288")


# --- the file as a whole -------------------------------------------------------------------------------------------------------------------------


def test_the_committed_file_is_what_the_script_writes(prices):
    assert refresh_prices.main(["--check"]) == 0
    assert len(prices) > 1000


def test_no_price_is_off_by_a_unit(prices):
    """Per token, between 0.0001 and 1,000 dollars a million: cents, thousands and millions mixed up fall outside or beside their siblings."""
    assert all(Decimal("1e-10") <= row.price <= Decimal("1e-3") for row in prices if row.unit == "tokens")
    assert {row.price for row in prices if row.token_kind == "web_search" and row.provider == "anthropic"} == {Decimal("0.01")}, "10 US dollars per 1,000 searches"
    by_kind: dict[tuple[object, ...], dict[str, Decimal]] = {}
    for row in prices:
        if row.known_to is None and row.valid_to is None:
            by_kind.setdefault((row.price_source, *row.grain[:5], *row.grain[6:]), {})[row.token_kind] = row.price
    for key, kinds in by_kind.items():
        if {"input", "output"} <= kinds.keys():
            assert Decimal("0.9") <= kinds["output"] / kinds["input"] <= 12, key
        if {"input", "cache_read"} <= kinds.keys():
            assert Decimal("0.005") <= kinds["cache_read"] / kinds["input"] <= 1, key
        if {"input", "cache_write_5m"} <= kinds.keys():
            assert 1 <= kinds["cache_write_5m"] / kinds["input"] <= Decimal("1.3"), key
        if {"input", "cache_write_1h"} <= kinds.keys():
            assert Decimal("1.5") <= kinds["cache_write_1h"] / kinds["input"] <= 2, key


def test_prices_hold_no_float_noise(prices):
    assert all(-row.price.normalize().as_tuple().exponent <= 15 for row in prices), "no published price needs more than 9 decimals per million tokens"


def test_batch_is_never_dearer_than_standard(prices):
    standard = {(row.grain, row.valid_from): row.price for row in prices if row.service_tier == "standard" and row.known_to is None}
    for row in prices:
        if row.service_tier == "batch" and row.known_to is None:
            base = standard.get(((*row.grain[:3], "standard", *row.grain[4:]), row.valid_from))
            assert base is None or row.price <= base, row


def row(**changes: object) -> Price:
    usual = {
        "price_source": "genai-prices", "provider": "aws", "model_id": "m", "geo_scope": "any", "service_tier": "standard", "context_min_tokens": 0, "token_kind": "input",
        "price": Decimal("0.000003"), "valid_from": date(2026, 1, 1), "valid_to": None, "known_from": date(2026, 1, 1), "known_to": None, "source": "s", "comment": "c",
    }
    return Price(**{**usual, **changes})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(price=Decimal("0.003"))], "outside"),
        ([row(price=Decimal(0))], "outside"),
        ([row(valid_to=date(2025, 1, 1))], "not after valid_from"),
        ([row(), row(price=Decimal("0.000002"), valid_from=date(2026, 5, 1))], "two genai-prices prices"),
        ([row(token_kind="thinking")], "token kinds"),
    ],
)
def test_a_price_that_must_not_be_published_stops_the_run(rows, message):
    with pytest.raises(PriceError, match=message):
        refresh_prices.checked(rows)


def test_free_is_said_in_words():
    assert refresh_prices.checked([row(price=Decimal(0), comment="free until 2027")])


def test_a_changed_price_keeps_its_history():
    today = date(2026, 11, 24)
    kept, changed, gone = row(model_id="kept"), row(model_id="changed"), row(model_id="gone")
    fresh = [row(model_id="kept", known_from=today), row(model_id="changed", price=Decimal("0.000002"), known_from=today)]
    after = {(item.model_id, item.price * MILLION): (item.known_from, item.known_to) for item in refresh_prices.with_history(fresh, [kept, changed, gone], today)}
    assert after == {
        ("kept", 3): (date(2026, 1, 1), None),
        ("changed", 2): (today, None),
        ("changed", 3): (date(2026, 1, 1), today),
        ("gone", 3): (date(2026, 1, 1), today),
    }


def test_a_refresh_says_what_it_adds_changes_and_withdraws_by_provider():
    kept, dearer, ended, gone = row(model_id="kept"), row(model_id="dearer"), row(model_id="ended"), row(model_id="gone", provider="openai")
    today = date(2026, 12, 1)
    after = refresh_prices.with_history(
        [kept, row(model_id="dearer", price=Decimal("0.000009")), row(model_id="ended", valid_to=today), row(model_id="new", region="eu", provider="openai")],
        [kept, dearer, ended, gone], today,
    )  # fmt: skip
    found = refresh_prices.changes([kept, dearer, ended, gone], after)
    assert [(change, (other or one).model_id) for change, one, other in found] == [("changed", "dearer"), ("changed", "ended"), ("withdrawn", "gone"), ("added", "new")]
    assert [[str(cell) for cell in column.cells] for column in refresh_prices.summary_table(found).columns] == [["aws", "openai"], ["0", "1"], ["2", "0"], ["0", "1"], ["0", "0"]]
    assert [str(cell) for cell in refresh_prices.change_table(found).columns[-1].cells][:2] == ["9", "3 until 2026-12-01"]
    assert {item.model_id for item in after if item.known_to == today} == {"dearer", "ended", "gone"}, "what is no longer held keeps its row"


def test_a_broken_cited_row_is_named(tmp_path):
    path = tmp_path / "cited_prices.csv"
    path.write_text(",".join(refresh_prices.CITED_COLUMNS) + "\naws,m,any,,standard,0,input,three,2026-01-01,,2026-01-01,,https://example.com,typo\n", encoding="utf-8")
    with pytest.raises(PriceError, match="cited_prices.csv line 2"):
        refresh_prices.cited_prices(path)


def test_check_fails_when_someone_edits_the_file(tmp_path, monkeypatch, prices):
    path = tmp_path / "model_prices.csv"
    path.write_text(refresh_prices.as_csv([prices[0], *(item for item in prices[2:])]), encoding="utf-8")
    monkeypatch.setattr(refresh_prices, "PRICES_PATH", path)
    assert refresh_prices.main(["--check"]) == 1


def test_every_priced_model_is_found_under_its_own_name(prices):
    named = {item["alias"]: item["model_id"] for item in seed("model_aliases") if item["alias_kind"] == "exact"}
    assert {item.model_id for item in prices} <= {model for name, model in named.items() if name == model}
