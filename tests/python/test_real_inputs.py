"""The warehouse on real files: a FOCUS bill of three providers, and 25,182 agent calls that no bill covers."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

FOCUS_SAMPLE = "billing/focus_sample_data/focus_sample.csv"
SWE_AGENT = "telemetry/swe_agent_deepseek"
PROVIDER_CODES = {"AWS": "aws", "Microsoft": "azure", "Oracle": "oci"}


@pytest.fixture(scope="module")
def focus_warehouse(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("focus") / "landing"
    (landing / "focus" / "vendor").mkdir(parents=True)
    shutil.copy(real_data / FOCUS_SAMPLE, landing / "focus" / "vendor")
    return build(landing, tests=True)


def file_totals(path: Path) -> dict[tuple[str, str], Decimal]:
    """Billed cost per provider and currency, added up in Python's own decimals: a witness that shares no code with the warehouse."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            totals[PROVIDER_CODES[row["ProviderName"]], row["BillingCurrency"]] += Decimal(row["BilledCost"])
    return dict(totals)


@pytest.mark.parametrize("relation", ["marts.fct_charges", "marts.fct_cost_allocations"])
def test_billed_cost_of_the_real_focus_file_is_exact(focus_warehouse: Path, real_data: Path, relation: str) -> None:
    with duckdb.connect(str(focus_warehouse), read_only=True) as connection:
        rows = connection.execute(f"select provider, billing_currency, sum(billed_cost) from {relation} group by all").fetchall()
    assert {(provider, currency): total for provider, currency, total in rows} == file_totals(real_data / FOCUS_SAMPLE)


def test_no_real_line_is_lost_and_negative_ones_stay(focus_warehouse: Path, real_data: Path) -> None:
    with (real_data / FOCUS_SAMPLE).open(encoding="utf-8-sig", newline="") as file:
        lines = [Decimal(row["BilledCost"]) for row in csv.DictReader(file)]
    with duckdb.connect(str(focus_warehouse), read_only=True) as connection:
        charges, negative = connection.execute("select count(*), count(*) filter (billed_cost < 0) from marts.fct_charges").fetchall()[0]
        quarantined = connection.execute("select count(*) from marts.quarantined_rows").fetchall()[0][0]
        unreconciled = connection.execute("select count(*) from marts.cost_reconciliation where status <> 'reconciled'").fetchall()[0][0]
    assert (charges, quarantined, unreconciled) == (1000, 0, 0)
    assert negative == sum(line < 0 for line in lines) > 0


def test_tag_keys_with_stray_spaces_and_mixed_case_resolve(focus_warehouse: Path) -> None:
    with duckdb.connect(str(focus_warehouse), read_only=True) as connection:
        keys = {key for (key,) in connection.execute("select distinct unnest(map_keys(tags)) from marts.fct_charges").fetchall()}
        owned = connection.execute("select count(*) from marts.fct_cost_allocations where allocation_step = 'direct'").fetchall()[0][0]
    assert keys == {key.strip().lower() for key in keys} and "org" in keys
    assert owned > 0


@pytest.fixture(scope="module")
def swe_warehouse(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calls, runs and verdicts of the benchmark in the canonical shapes; team swe, one feature per batch."""
    landing = tmp_path_factory.mktemp("swe") / "landing"
    for folder in ("llm_calls", "agent_runs", "outcomes"):
        (landing / folder).mkdir(parents=True)
    source = real_data / SWE_AGENT
    duckdb.sql(f"""
        copy (
            select
                response_id as call_id, 'deepseek' as provider, model_requested as model, 'chat' as operation,
                make_timestamp(cast(logged_at * 1000000 as bigint)) as started_at, 'ok' as status,
                'inclusive' as token_convention, prompt_tokens as input_tokens, prompt_cache_hit_tokens as cache_read_tokens,
                completion_tokens as output_tokens, cost_usd as reported_cost_usd,
                batch || '/' || instance_id as agent_session_id, 'swe-agent' as agent_name,
                map {{'team': 'swe', 'feature': batch}} as tags
            from '{source}/agent_llm_calls.parquet'
        ) to '{landing}/llm_calls/calls.parquet'
    """)
    duckdb.sql(f"""
        copy (
            select
                batch || '/' || instance_id as agent_session_id, 'swe-agent' as agent_name, instance_id as task_id,
                make_timestamp(cast(first_ts * 1000000 as bigint)) as started_at, make_timestamp(cast(last_ts * 1000000 as bigint)) as ended_at,
                exit_status as status, api_calls as calls_reported, instance_cost as reported_cost_usd, map {{'team': 'swe', 'feature': batch}} as tags
            from '{source}/agent_runs.parquet'
        ) to '{landing}/agent_runs/runs.parquet'
    """)
    duckdb.sql(f"""
        copy (
            select
                eval_run || '/' || instance_id as outcome_id, 'issue_resolved' as outcome_type, replace(eval_run, '_eval', '') as feature,
                timestamp '2026-04-15' as occurred_at, resolved as success, replace(eval_run, '_eval', '') || '/' || instance_id as agent_session_id
            from '{source}/swebench_outcomes.parquet'
        ) to '{landing}/outcomes/outcomes.csv' (header)
    """)
    return build(landing, tests=True)


def test_real_agent_calls_are_counted_once_and_priced_to_the_last_decimal(swe_warehouse: Path) -> None:
    with duckdb.connect(str(swe_warehouse), read_only=True) as connection:
        distinct_calls = connection.execute("select count(*) from intermediate.int_inference__calls").fetchall()[0][0]
        delivered = connection.execute("select sum(rows_loaded) from staging.landing_files where source = 'llm_calls'").fetchall()[0][0]
        cost, billed, bases = connection.execute("select sum(effective_cost), sum(billed_cost), list(distinct cost_basis) from marts.fct_cost_allocations").fetchall()[0]
    assert (delivered, distinct_calls) == (25182, 15415)
    assert (cost, billed, bases) == (Decimal("12.644990288000"), Decimal(0), ["estimated"])


def test_cost_per_resolved_task_counts_failed_tasks_and_shows_them_apart(swe_warehouse: Path) -> None:
    with duckdb.connect(str(swe_warehouse), read_only=True) as connection:
        row = connection.execute("""
            select outcomes, successes, effective_cost_reporting, cost_per_success_reporting, failed_cost_reporting
            from marts.outcome_costs_monthly where feature = 'deepseek_bench1' and outcome_type = 'issue_resolved'
        """).fetchall()
        amplified = connection.execute("""
            select sum(amplified_cost_reporting) / sum(effective_cost_reporting), max(calls) from marts.agent_session_costs where feature = 'deepseek_bench1'
        """).fetchall()[0]
    [(outcomes, successes, cost, per_success, failed)] = row
    assert (outcomes, successes, cost) == (100, 61, Decimal("6.555293920000"))
    assert round(per_success, 5) == Decimal("0.10746")
    assert Decimal(0) < failed < cost
    assert amplified[0] > 0.9 and amplified[1] > 100
