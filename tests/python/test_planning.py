"""Scenarios and savings on the sample: the article's example from its parts, planted waste within its interval, a change that happened replayed to the bill that came."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import scenario


@pytest.fixture(scope="module")
def planted(project_root: Path) -> dict[str, dict]:
    return {case["name"]: case for case in json.loads((project_root / "sample" / "truth" / "planted.json").read_text())}


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    found = rows(connection, query)
    assert len(found) == 1, f"one row was wanted, {len(found)} came: {query}"
    return found[0]


def test_the_worked_example_is_the_sum_of_its_parts(sample: duckdb.DuckDBPyConnection) -> None:
    parts = rows(sample, "select component, cost_usd from marts.scenario_costs where scenario_id = 'article-baseline' order by all")
    assert {name: cost.normalize() for name, cost in parts} == {
        "input": 150, "output": 125, "vector_database": 700, "object_storage": Decimal("11.5"), "log_ingestion": 25, "log_storage": Decimal("1.5"),
    }  # fmt: skip
    totals = {row[0]: row[1:] for row in rows(sample, "select scenario_id, cost_usd, article_parts_usd, article_printed_usd, article_error_usd from marts.scenario_totals where article_parts_usd is not null")}
    assert totals["article-baseline"] == (1013, 1013, 1013, 0)
    # The article's own steps, and the 60 dollars its printed totals miss.
    assert totals["article-optimised"][1:] == (875, 815, -60)
    assert totals["article-agents"][1:] == (987, 927, -60)
    # Ours: 60 fresh + 9 read from the cache + 62.50 in batch, then a fifth of that four times more.
    assert totals["article-optimised"][0] == Decimal("738") + 60 + 9 + Decimal("62.5")
    assert totals["article-agents"][0] == totals["article-optimised"][0] + Decimal("131.5") * Decimal("0.2") * 4


def test_an_outdated_rate_is_taken_only_by_name(sample: duckdb.DuckDBPyConnection) -> None:
    assert rows(sample, "select distinct scenario_id from marts.scenario_costs where rate_status = 'outdated' order by 1") == [("article-agents",), ("article-baseline",), ("article-optimised",)]
    assert one(sample, "select figure, article_figure from marts.cloud_comparison where dimension = 'gpu_on_demand' and provider = 'aws'") == (Decimal("21.957642"), Decimal("32.77"))


def test_commitments_pay_from_the_share_their_discount_leaves(sample: duckdb.DuckDBPyConnection) -> None:
    plan = one(sample, "select break_even_utilisation_share, monthly_cost_usd, stranded_cost_usd from marts.commitment_plans where scenario_id = 'training-steady' and provider = 'aws' and plan = 'commit_1y'")
    hour = Decimal("21.957642") * Decimal("0.65")
    assert plan[0] == pytest.approx(0.65)
    assert plan[1] == hour * 1460
    assert plan[2] == hour * 1460 * 4  # the hardware changes after 8 of 12 months
    flexible = one(sample, "select stranded_cost_low_usd, stranded_cost_high_usd from marts.commitment_plans where scenario_id = 'training-steady' and provider = 'aws' and plan = 'flexible'")
    assert flexible == (0, Decimal("21.957642") * Decimal("0.70") * 1460)  # all of the rest of the quarter bought back, or nothing


def test_what_has_no_price_is_a_row_and_never_free(sample: duckdb.DuckDBPyConnection) -> None:
    assert one(sample, "select cost_usd, missing_reason from marts.scenario_costs where scenario_id = 'training-by-day' and provider = 'azure'") == (None, "no_terms_in_the_seed")
    assert one(sample, "select is_complete from marts.scenario_totals where scenario_id = 'training-by-day' and provider = 'azure'") == (False,)


def found(sample: duckdb.DuckDBPyConnection, where: str) -> tuple:
    return one(sample, f"select saving_low_reporting, saving_reporting, saving_high_reporting, team from marts.optimisation_opportunities where {where}")


def test_planted_waste_is_found_once_and_its_amount_lies_within_the_interval(sample: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    low, likely, high, team = found(sample, "kind = 'batch' and subject = 'claude-sonnet-4-6 global'")
    nightly = Decimal(planted["nightly_batch_on_demand"]["amount"])
    assert (low, likely, high, team) == (nightly / 2, nightly / 2, nightly / 2, "docs")

    low, likely, high, team = found(sample, "kind = 'runaway_session'")
    assert low <= likely <= Decimal(planted["runaway_loop"]["amount"]) == high and team == "growth"

    low, likely, high, team = found(sample, "kind = 'vector_floor'")
    assert low == Decimal(planted["floor_without_queries"]["amount"]) <= likely <= high and team == "docs"

    # The sample's truth is of the bills in dollars; the Azure node is not in it.
    idle = one(sample, "select sum(saving_low_reporting), sum(saving_high_reporting), count(distinct team) from marts.optimisation_opportunities where kind = 'gpu_idle_hours' and provider = 'aws'")
    assert idle[0] < Decimal(planted["gpu_idle"]["amount"]) and abs(idle[1] - Decimal(planted["gpu_idle"]["amount"])) < Decimal("1e-6") and idle[2] == 1


def test_caching_the_planted_prompt_saves_what_a_replay_of_every_call_saves(sample: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    low, likely, high, team = found(sample, "kind = 'prompt_caching'")
    writes, calls = one(sample, """
        select count(*) filter (where started_at - earlier > interval 1 hour or earlier is null), count(*)
        from (select started_at, lag(started_at) over (order by started_at) as earlier
              from marts.call_costs where team = 'support' and feature = 'chat_rag' and model_id = 'claude-sonnet-4-6' and status = 'ok' and cost_basis = 'billed')
    """)
    case = planted["repeated_system_prompt"]
    assert calls == case["calls"] and team == "support"
    saved = case["prompt_tokens"] * (calls * (Decimal("3.3") - Decimal("0.33")) - writes * (Decimal("6.6") - Decimal("0.33"))) / 1_000_000
    assert low <= saved <= high
    assert abs(likely - saved) < saved / 50


def test_nothing_is_said_of_those_who_waste_nothing(sample: duckdb.DuckDBPyConnection) -> None:
    kinds = rows(sample, "select distinct kind from marts.optimisation_opportunities where team = 'platform' or feature in ('taglines', 'campaign_copy', 'doc_extraction')")
    assert kinds == []
    # A prompt is not called repeated because documents are long, nor a working day a night.
    assert rows(sample, "select distinct feature from marts.optimisation_opportunities where kind = 'prompt_caching'") == [("chat_rag",)]
    assert rows(sample, "select distinct feature from marts.optimisation_opportunities where kind = 'batch' order by 1") == [("doc_processing",), ("model_eval",)]


def test_overlapping_savings_meet_as_products(sample: duckdb.DuckDBPyConnection) -> None:
    region = one(sample, "select saving_reporting / current_cost_reporting from marts.optimisation_opportunities where kind = 'cross_region' and feature = 'chat_rag'")[0]
    saving, combined = one(sample, "select saving_reporting, combined_saving_reporting from marts.optimisation_opportunities where kind = 'prompt_caching'")
    assert float(combined) == pytest.approx(float(saving) * (1 - region), rel=1e-9)


def test_replaying_the_price_change_that_happened_gives_the_bill_that_came(sample: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    """Use after the change at the rates billed before it, three and nine dollars, replayed at two and six by the price book: the bill of the second half, to the last decimal."""
    used = rows(sample, f"""
        select usage_date < date '{planted["price_change"]["usage_date"]}', token_kind, sum(tokens), sum(cost_reporting), max(price_as_used)
        from intermediate.int_optimisation__usage where model_id = 'mistral-large-2407' group by all
    """)
    before = {kind: cost / tokens for is_before, kind, tokens, cost, _ in used if is_before}
    after = [(kind, tokens, cost, price) for is_before, kind, tokens, cost, price in used if not is_before]
    assert before == {"input": Decimal("0.000003"), "output": Decimal("0.000009")}
    unchanged = sum(tokens * before[kind] for kind, tokens, _, _ in after)
    replayed = sum(tokens * before[kind] * price / before[kind] for kind, tokens, _, price in after)
    billed = sum(cost for _, _, cost, _ in after)
    assert replayed == billed == Decimal(planted["price_change"]["after"])
    assert unchanged * 2 == billed * 3


def test_the_ledger_of_savings_shows_a_third_whatever_the_volume(sample: duckdb.DuckDBPyConnection) -> None:
    october = one(sample, "select expected_cost_reporting, effective_cost_reporting, realised_saving_reporting, promised_saving_reporting, is_volume_adjusted from marts.savings_ledger where billing_month = '2026-10-01'")
    assert october[2] > october[3] == 50 and october[4]
    assert abs(october[0] * 2 / 3 - october[1]) < Decimal("0.001")


def test_the_tables_and_the_chart_show_every_scenario(sample: duckdb.DuckDBPyConnection) -> None:
    totals = scenario.rows(sample, "from marts.scenario_totals order by scenario_id, provider")
    page = scenario.chart(totals)
    assert page.count("<svg") == 1 and "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert all(total["scenario_id"] in page for total in totals)
    assert scenario.totals_table(totals).row_count == len(totals)
    assert scenario.article_table(totals).row_count == 3
    assert scenario.plans_table(scenario.rows(sample, "from marts.commitment_plans")).row_count == one(sample, "select count(*) from marts.commitment_plans")[0]
