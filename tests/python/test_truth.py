"""The ledger of the sample company beside the truth its generator wrote apart.

Where use is metered or an owner is named, the difference is zero (a GPU-second is a rounded third of something: there, below 1e-9 per month and team).
Where truth is policy, the step of the ladder says so, and the money is the same money.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

EXACT_LAYERS = "('inference', 'agents', 'retrieval')"


@pytest.fixture(scope="module")
def truth(sample: duckdb.DuckDBPyConnection, project_root: Path) -> duckdb.DuckDBPyConnection:
    folder = project_root / "sample" / "truth"
    connection = sample.cursor()
    for name in ("costs", "bills", "outcomes"):
        connection.execute(f"create or replace temp view truth_{name} as from '{folder}/{name}.parquet'")
    connection.execute("create or replace temp view ledger as from marts.fct_cost_allocations")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def differences(connection: duckdb.DuckDBPyConnection, keys: str, ledger_where: str, truth_where: str, tolerance: str = "0") -> list[tuple]:
    """Cells whose billed or effective cost differ by more than the tolerance, or that only one side has."""
    null_safe = ", ".join(f"coalesce(cast({key} as varchar), '') as {key}" for key in keys.split(", "))
    return rows(connection, f"""
        with
        l as (select {null_safe}, sum(effective_cost) as effective, sum(billed_cost) as billed from ledger where {ledger_where} group by all),
        t as (
            select {null_safe}, sum(effective_cost) as effective, sum(billed_cost) as billed
            from (select * replace (coalesce(feature, 'unallocated') as feature) from truth_costs) where {truth_where} group by all
        )
        select * from l full join t using ({keys})
        where abs(coalesce(l.effective, 0) - coalesce(t.effective, 0)) > {tolerance} or abs(coalesce(l.billed, 0) - coalesce(t.billed, 0)) > {tolerance}
    """)


def test_every_bill_is_in_the_ledger_to_the_last_decimal(truth: duckdb.DuckDBPyConnection) -> None:
    ledger = rows(truth, """
        select provider, billing_account_id, billing_month, billing_currency, sum(billed_cost), sum(effective_cost) from ledger where cost_basis = 'billed' group by all
    """)
    bills = rows(truth, "select provider, billing_account_id, billing_month, currency, billed_cost, effective_cost from truth_bills")
    assert len(bills) == 18
    assert sorted(ledger) == sorted(bills)


@pytest.mark.parametrize("keys", [
    "billing_month, provider, layer, team, feature, billing_currency",
    "usage_date, provider, layer, team, feature",
    "billing_month, layer, team, agent_session_id",
])  # fmt: skip
def test_metered_tokens_and_queries_are_the_truth_with_no_difference_at_all(truth: duckdb.DuckDBPyConnection, keys: str) -> None:
    assert differences(truth, keys, f"layer in {EXACT_LAYERS} and allocation_step in ('metered', 'direct') and cost_basis = 'billed' and model_id is not null",
                       f"layer in {EXACT_LAYERS} and basis in ('metered', 'direct') and token_kind is not null") == []
    assert rows(truth, f"select count(*) > 20000 from ledger where layer in {EXACT_LAYERS} and allocation_step = 'metered' and model_id is not null") == [(True,)]


def test_every_team_and_feature_pays_what_it_truly_cost(truth: duckdb.DuckDBPyConnection) -> None:
    assert differences(truth, "billing_month, provider, layer, team, feature, billing_currency", "allocation_step in ('metered', 'direct') and cost_basis = 'billed'",
                       "basis in ('metered', 'direct')", tolerance="0.000000001") == []


def test_idle_gpu_hours_are_the_truth_and_have_an_owner(truth: duckdb.DuckDBPyConnection) -> None:
    assert differences(truth, "billing_month, provider, layer", "allocation_step = 'idle' and layer = 'gpu'", "basis = 'idle' and layer = 'gpu'", tolerance="0.000000001") == []
    assert rows(truth, "select distinct team from ledger where allocation_step = 'idle' and layer = 'gpu'") == [("ml_platform",)]


def test_untagged_use_is_unallocated_with_a_reason_and_nothing_else_is(truth: duckdb.DuckDBPyConnection) -> None:
    assert differences(truth, "billing_month, provider, layer", "allocation_step = 'unallocated' and cost_basis = 'billed'",
                       "basis in ('untagged', 'no_driver') and not (layer = 'retrieval' and basis = 'no_driver')", tolerance="0.000000001") == []
    assert rows(truth, "select count(*) from ledger where allocation_step = 'unallocated' and (reason is null or team <> 'unallocated')") == [(0,)]


def test_a_search_floor_without_queries_is_idle_and_falls_to_the_stored_index(truth: duckdb.DuckDBPyConnection) -> None:
    [(floor,)] = rows(truth, "select sum(effective_cost) from truth_costs where layer = 'retrieval' and basis = 'no_driver'")
    assert rows(truth, "select team, reason, sum(effective_cost) from ledger where layer = 'retrieval' and allocation_step = 'idle' group by all") == [
        ("docs", "floor_without_queries", floor)
    ]


def test_what_policy_shares_is_the_same_money(truth: duckdb.DuckDBPyConnection) -> None:
    assert differences(truth, "billing_month, provider", "allocation_step = 'shared'", "basis = 'shared'") == []


def test_unbilled_days_are_estimated_to_the_truth(truth: duckdb.DuckDBPyConnection) -> None:
    assert differences(truth, "usage_date, provider, layer", "cost_basis = 'estimated'", "basis = 'estimated'") == []
    assert rows(truth, "select min(usage_date) > (select max(usage_date) from ledger where cost_basis = 'billed' and layer = 'inference') from ledger where cost_basis = 'estimated'") == [(True,)]


def test_outcomes_are_counted_and_their_sessions_cost_the_truth(truth: duckdb.DuckDBPyConnection) -> None:
    counted = rows(truth, "select outcome_month, outcome_type, feature, outcomes, successes from marts.outcome_costs_monthly where outcomes > 0 and outcome_month < date '2026-11-01'")
    true = rows(truth, "select billing_month, outcome_type, feature, outcomes, successes from truth_outcomes where billing_month < date '2026-11-01'")
    assert sorted(counted) == sorted(true) and len(true) >= 9


def test_the_runaway_session_is_one_row_with_all_its_calls(truth: duckdb.DuckDBPyConnection) -> None:
    [(calls, cost, factor)] = rows(truth, "select calls, effective_cost_reporting, amplification_factor from marts.agent_session_costs where agent_session_id like '%runaway%'")
    [(true_cost,)] = rows(truth, "select sum(effective_cost) from truth_costs where agent_session_id like '%runaway%'")
    assert (calls, cost) == (640, true_cost)
    assert factor > 100


def test_the_rise_of_discovery_is_the_top_mover_and_it_is_volume(truth: duckdb.DuckDBPyConnection) -> None:
    [(month,)] = rows(truth, "select max(billing_month) from ledger where cost_basis = 'billed'")
    movers = rows(truth, f"""
        select team, sum(change_reporting) as change, sum(volume_effect_reporting) as volume, sum(price_effect_reporting) as price, sum(mix_effect_reporting) as mix
        from marts.cost_variance_monthly where billing_month = date '{month}' group by team order by change desc
    """)
    team, change, volume, price, mix = movers[0]
    assert team == "discovery"
    assert Decimal(30000) < change < Decimal(50000)
    assert volume + price + mix == change
    assert volume > abs(price) + abs(mix)
