"""What calls, steps, sessions and outcomes cost, on a company small enough to work by hand: one build, one question per test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company as small

HAIKU = "anthropic.claude-haiku-4-5"


def company() -> small.Tables:
    """The small company, and agents: a session over midnight with a judge, sessions without tags, a line that names its owner, a cached and a failed call, and a reranking."""
    tables = small.tables()
    pattern = tables["llm_calls"][0]

    def call(name: str, day: int, hour: int, minute: int, **more) -> dict:
        return {**pattern, "call_id": name, "started_at": small.at(day, hour, minute), "ended_at": None, "cache_read_tokens": 0, "retrieved_context_tokens": 0, **more}

    nothing = {"tags": "{}", "agent_name": None}
    keyed = {**nothing, "credential_id": "key-growth", "agent_session_id": "by-key", "model": HAIKU}
    tables["llm_calls"] += [
        call("night-1", 0, 23, 58, agent_session_id="night", step_name="plan", tags=small.tags("search"), input_tokens=100, output_tokens=10),
        call("night-2", 0, 23, 59, agent_session_id="night", step_name="llm_judge", tags=small.tags("search"), input_tokens=100, output_tokens=10),
        call("night-3", 1, 0, 1, agent_session_id="night", attempt_number=2, tags=small.tags("search"), input_tokens=300, output_tokens=10),
        call("night-4", 1, 0, 2, agent_session_id="night", step_name="final answer", tags=small.tags("search"), input_tokens=400, output_tokens=10),
        # What is said of session-1 when it began is support, whatever this call says.
        call("stray", 0, 11, 30, agent_session_id="session-1", tags=small.tags("growth"), input_tokens=100, output_tokens=10),
        call("key-1", 0, 14, 0, **keyed, input_tokens=1, output_tokens=0),
        call("key-2", 0, 14, 1, **keyed, input_tokens=1, output_tokens=0),
        call("key-3", 0, 14, 2, **keyed, input_tokens=1, output_tokens=0),
        call("lost-1", 0, 15, 0, **nothing, agent_session_id="nobodys", input_tokens=50, output_tokens=0),
        call("cached", 0, 15, 1, agent_session_id=None, is_gateway_cache_hit=True, input_tokens=900, output_tokens=90),
        call("failed", 0, 15, 2, agent_session_id=None, status="error", input_tokens=70, output_tokens=0),
        call("empty", 0, 15, 3, agent_session_id=None, status="error", input_tokens=0, output_tokens=0),
        call("rerank", 0, 16, 0, agent_session_id=None, operation="rerank", model="amazon.rerank-v1:0", request_units=2, input_tokens=0, output_tokens=0, tags=small.tags("search")),
        call("rerank-2", 0, 16, 1, agent_session_id=None, operation="rerank", model="amazon.rerank-v1:0", request_units=1, input_tokens=0, output_tokens=0, tags=small.tags("support")),
    ]  # fmt: skip
    tables["aws_cur2"] += [
        {**small.line("AmazonBedrock", "USE1-Claude4.5Haiku-input-tokens", 0, 3, "0.001", unit="1K tokens", cost="1"), "resource_tags": json.dumps({"user_team": "growth"})},
        small.line("AmazonBedrock", "USE1-Rerank-v1-search_units", 0, 3, "0.001", unit="search_units", cost="0.3"),
    ]
    tables["agent_runs"].append({"agent_session_id": "night", "agent_name": "night-agent", "task_id": "t-9", "started_at": small.at(0, 23, 58), "status": "ok", "calls_reported": 5, "tags": "{}"})
    return tables


def rules() -> small.Tables:
    policy = small.policy()
    policy["owner_rules"] += [
        {"rule_id": "key", "priority": 90, "scope": "usage", "match_type": "credential", "match_value": "key-growth", "team": "growth", "comment": "growth's key"},
        {"rule_id": "user-team", "priority": 5, "scope": "charge", "match_type": "tag", "match_key": "team", "match_value": "growth", "team": "growth", "comment": "the line names its owner"},
    ]
    return policy


@pytest.fixture(scope="module")
def warehouse(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("agents")
    (folder / "policy").mkdir()
    for name, contents in rules().items():
        if contents:
            (folder / "policy" / f"{name}.csv").write_text(small.as_csv(contents))
    marts = "+call_cost_coverage +agent_step_cap_costs +outcome_costs +retrieval_costs_monthly"
    built = build(small.write(folder / "landing", company()), folder / "policy", marts)
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


def test_calls_sum_to_the_ledger_and_say_why_they_cost_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    calls = dict(warehouse.execute("select call_id, (cost_basis, cost_reason) from marts.call_costs").fetchall())
    assert calls["cached"] == ("none", "gateway_cache_hit") and calls["empty"] == ("none", "no_tokens")
    assert calls["failed"] == ("billed", None)
    [(failed,)] = warehouse.execute("select effective_cost_reporting > 0 from marts.call_costs where call_id = 'failed'").fetchall()
    totals = warehouse.execute("""
        select (select sum(billed_cost_reporting) from marts.call_costs),
            (select sum(billed_cost_reporting) from marts.call_cost_coverage where explained_by = 'calls'),
            (select sum(billed_cost_reporting) from marts.fct_cost_allocations where layer in ('inference', 'agents') or token_kind is not null)
                - (select sum(billed_cost_reporting) from marts.call_cost_coverage where explained_by = 'no_calls')
    """).fetchall()[0]
    assert failed and totals[0] > 0 and len(set(totals)) == 1


def test_a_line_that_names_its_owner_reaches_the_owner_s_calls_to_the_last_decimal(warehouse: duckdb.DuckDBPyConnection) -> None:
    costs = warehouse.execute("select effective_cost_reporting from marts.call_costs where agent_session_id = 'by-key' order by 1").fetchall()
    assert [cost for (cost,) in costs] == [Decimal("0.333333333333"), Decimal("0.333333333333"), Decimal("0.333333333334")]
    assert warehouse.execute("select team, rule_id, effective_cost_reporting from marts.agent_session_costs where agent_session_id = 'by-key'").fetchall() == [("growth", "key", Decimal(1))]


def test_session_tags_beat_call_tags_and_no_tags_at_all_have_a_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    teams = dict(warehouse.execute("select agent_session_id, (team, owner_reason) from marts.agent_session_costs").fetchall())
    assert teams == {"session-1": ("support", None), "night": ("search", None), "by-key": ("growth", None), "nobodys": ("unallocated", "untagged_usage")}
    assert warehouse.execute("select distinct team from marts.call_costs where agent_session_id = 'session-1'").fetchall() == [("support",)]


def test_a_session_over_midnight_is_one_and_its_judge_is_counted(warehouse: duckdb.DuckDBPyConnection) -> None:
    steps = warehouse.execute("select step_number, step_kind, context_tokens from marts.agent_step_costs where agent_session_id = 'night' order by 1").fetchall()
    assert steps == [(1, "root_task", 100), (2, "judge", 100), (3, "retry", 300), (4, "synthesis", 400)]
    [(calls, reported, judges, judge_cost, cost, factor)] = warehouse.execute("""
        select calls, calls_reported, judge_calls, judge_cost_reporting, effective_cost_reporting, context_growth_factor
        from marts.agent_session_costs where agent_session_id = 'night'
    """).fetchall()
    # The runtime counted five calls and the telemetry holds four: both stand side by side.
    assert (calls, reported, judges, factor) == (4, 5, 1, 4.0)
    assert Decimal(0) < judge_cost < cost / 4


def test_reranking_is_split_by_search_units(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select team, driver, allocation_method, billed_cost from marts.fct_cost_allocations where driver = 'search_units' order by 1").fetchall()
    assert rows == [("search", "search_units", "search_unit_share", Decimal("0.2")), ("support", "search_units", "search_unit_share", Decimal("0.1"))]
    assert warehouse.execute("select team, rerank_cost_reporting from marts.retrieval_costs_monthly where rerank_cost_reporting <> 0 order by 1").fetchall() == [
        ("search", Decimal("0.2")), ("support", Decimal("0.1")),
    ]  # fmt: skip


def test_an_outcome_pays_for_its_session_and_its_feature(warehouse: duckdb.DuckDBPyConnection) -> None:
    [(direct, session)] = warehouse.execute("""
        select outcomes.direct_cost_reporting, sessions.effective_cost_reporting
        from marts.outcome_costs as outcomes
        left join marts.agent_session_costs as sessions on sessions.agent_session_id = 'session-1'
        where outcomes.outcome_id = 'o-1'
    """).fetchall()
    assert direct == session > 0
    totals = warehouse.execute("select sum(effective_cost_reporting), sum(accepted_cost_reporting), count(*) from marts.outcome_costs").fetchall()[0]
    assert totals[0] == totals[1] and totals[2] == 2
