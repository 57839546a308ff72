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


def attribute(key: str, value: str) -> str:
    """DuckDB's struct of one OTLP attribute."""
    return f"{{'key': '{key}', 'value': {{'stringValue': cast({value} as varchar)}}}}"


@pytest.fixture(scope="module")
def swe_warehouse(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calls of the benchmark as three systems log them (own shape, gateway, spans), and its runs and verdicts; team swe, one feature per batch."""
    landing = tmp_path_factory.mktemp("swe") / "landing"
    for folder in ("llm_calls", "litellm_spend_logs", "otel_spans", "agent_runs", "outcomes"):
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
                response_id as request_id, 'acompletion' as call_type, 'deepseek' as custom_llm_provider, model_requested as model, 'success' as status, 'False' as cache_hit,
                make_timestamp(cast(logged_at * 1000000 as bigint)) as "startTime", prompt_tokens, completion_tokens, prompt_tokens + completion_tokens as total_tokens, cost_usd as spend,
                batch || '/' || instance_id as session_id, ['team:swe', 'feature:' || batch] as request_tags,
                {{'usage_object': {{'prompt_cache_hit_tokens': prompt_cache_hit_tokens, 'prompt_cache_miss_tokens': prompt_tokens - prompt_cache_hit_tokens}}}} as metadata
            from '{source}/agent_llm_calls.parquet'
        ) to '{landing}/litellm_spend_logs/calls.jsonl' (format json)
    """)
    duckdb.sql(f"""
        copy (
            select [{{
                'resource': {{'attributes': [{{'key': 'team', 'value': {{'stringValue': 'swe'}}}}]}},
                'scopeSpans': [{{'scope': {{'name': 'opentelemetry.instrumentation.openai'}}, 'spans': [{{
                    'traceId': md5(batch || instance_id), 'spanId': md5(batch || response_id)[:16], 'name': 'chat',
                    'startTimeUnixNano': cast(cast(logged_at * 1000000 as bigint) * 1000 as varchar),
                    'attributes': [
                        {attribute("gen_ai.operation.name", "'chat'")}, {attribute("gen_ai.system", "'deepseek'")}, {attribute("gen_ai.request.model", "model_requested")},
                        {attribute("gen_ai.response.id", "response_id")}, {attribute("gen_ai.usage.input_tokens", "prompt_tokens")},
                        {attribute("gen_ai.usage.output_tokens", "completion_tokens")}, {attribute("gen_ai.usage.cache_read.input_tokens", "prompt_cache_hit_tokens")},
                        {attribute("gen_ai.conversation.id", "batch || '/' || instance_id")}, {attribute("feature", "batch")}
                    ]
                }}]}}]
            }}] as "resourceSpans"
            from '{source}/agent_llm_calls.parquet'
        ) to '{landing}/otel_spans/calls.jsonl' (format json)
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
    assert (delivered, distinct_calls) == (25182, 15415)  # though three systems logged each of them
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


@pytest.mark.parametrize("adapter", ["stg_canonical__llm_calls", "stg_litellm__llm_calls", "stg_otel__llm_calls"])
def test_every_adapter_alone_gives_the_same_cost_per_resolved_task(swe_warehouse: Path, adapter: str) -> None:
    with duckdb.connect(str(swe_warehouse), read_only=True) as connection:
        records, cost, bench = connection.execute(f"""
            with calls as (
                select distinct on (call_id) *
                from staging.{adapter}
                where x_quarantine_reason is null
                order by call_id, output_text_tokens desc, input_tokens + cache_read_tokens desc, started_at, x_source_row_number
            ),
            priced as (
                select calls.agent_session_id, sum(prices.price_usd_per_unit * case prices.token_kind
                    when 'input' then input_tokens when 'cache_read' then cache_read_tokens when 'output' then output_text_tokens end) as cost
                from calls
                inner join intermediate.int_inference__price_book as prices
                    on prices.provider = calls.provider and prices.model_id = 'deepseek-chat' and prices.token_kind in ('input', 'cache_read', 'output')
                    and cast(calls.started_at as date) >= prices.valid_from and cast(calls.started_at as date) < prices.valid_to
                    and prices.context_min_tokens = 0 and prices.region = 'any' and prices.window_from_minute = 0 and prices.service_tier in ('standard', 'any')
                group by calls.agent_session_id
            )
            select (select count(*) from staging.{adapter}), sum(cost), sum(cost) filter (agent_session_id like 'deepseek_bench1/%') from priced
        """).fetchall()[0]
    assert (records, cost, bench) == (25182, Decimal("12.644990288"), Decimal("6.55529392"))
    assert round(bench / 61, 5) == Decimal("0.10746")
