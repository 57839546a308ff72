"""Raw telemetry of LLM calls, from files to int_inference__calls, in one build.

Prompts and completions are dropped where files are read: a marker is planted wherever a source says that text may stand, and in lines and files that can not be read; then it is looked for in
every relation of the warehouse and in the bytes of its file. A source is covered by `text_fields` in its declaration; one of LLM calls must have them.

The same call in the shape of every provider and tool costs the same, is counted once however often it was logged, and keeps what tells it apart: failed, retried, cached, batched.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing.declarations import Column, Declaration, read_declarations

ROOT = Path(__file__).resolve().parents[2]
DECLARATIONS = read_declarations(ROOT / "models" / "staging")
PLANTED = [declaration for declaration in DECLARATIONS if declaration.text_fields]
MARKER = "xqz7MARKERzqx7"
VALUES = {"timestamp": "2026-08-01T00:00:00Z", "date": "2026-08-01", "bigint": 7, "decimal(38, 12)": "0.5", "boolean": True}


def call_sources() -> list[str]:
    text = (ROOT / "macros" / "staging" / "call_stream.sql").read_text()
    return re.findall(r"'(stg_\w+)'", text.partition("macro call_sources")[2].partition("endmacro")[0])


@pytest.mark.parametrize("model", call_sources())
def test_every_source_of_calls_says_where_its_text_stands(model: str) -> None:
    [path] = (ROOT / "models" / "staging").glob(f"*/{model}.sql")
    code = path.read_text()
    code += "".join((path.parent / f"{name}.sql").read_text() for name in re.findall(r"ref\('(stg_\w+)'\)", code))
    tables = re.findall(r"landing\('(\w+)', '(\w+)'\)", code)
    assert tables
    for _, name in tables:
        found = [declaration for declaration in PLANTED if declaration.table.endswith(name)]
        assert found and all(declaration.sensitive for declaration in found), f"{name}: declare text_fields and sensitive in its sources YAML"


def test_a_column_can_not_be_declared_on_text() -> None:
    with pytest.raises(ValueError, match="may hold prompts"):
        Declaration("t", (Column("body", "varchar", aliases=("Input-Text",)),), sensitive=True, text_fields=("input_text",))
    with pytest.raises(ValueError, match="may hold prompts"):
        Declaration("t", (Column("tool", "varchar", paths=("messages.0.content",)),), sensitive=True, text_fields=("messages",))
    with pytest.raises(ValueError, match="declare it sensitive"):
        replace(PLANTED[0], sensitive=False)


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Sets a dotted path inside nested objects."""
    *outer, last = path.split(".")
    for name in outer:
        record = record.setdefault(name, {})
    record[last] = value


def record_of(declaration: Declaration) -> dict[str, Any]:
    """A record whose required columns are filled and whose text is the marker, in all the shapes text has."""
    record: dict[str, Any] = {}
    for column in declaration.required:
        name = (column.paths or (column.name,))[0]
        put(record, name, VALUES.get(column.data_type, "a"))
    for number, path in enumerate(declaration.text_fields):
        put(record, path, [MARKER, {"content": [{"text": MARKER}]}, json.dumps([{"role": "user", "content": MARKER}])][number % 3])
    return record


def otlp_of(declaration: Declaration) -> dict[str, Any]:
    def attribute(key: str, value: str = MARKER) -> dict[str, Any]:
        return {"key": key, "value": {"stringValue": value}}

    texts = [attribute(key) for key in declaration.text_fields]
    nested = {"key": declaration.text_fields[0], "value": {"arrayValue": {"values": [{"stringValue": MARKER}]}}}
    own = [attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.provider.name", "openai"), attribute("gen_ai.request.model", "gpt-4o")]
    span = {
        "traceId": "t", "spanId": "s", "name": "chat", "startTimeUnixNano": "1785542400000000000", "attributes": [*own, *texts, nested],
        "events": [{"name": "gen_ai.content.prompt", "attributes": texts}], "status": {"code": 2, "message": MARKER}, "links": [{"attributes": texts}],
    }  # fmt: skip
    return {"resourceSpans": [{"resource": {"attributes": texts}, "scopeSpans": [{"scope": {"name": "s", "attributes": texts}, "spans": [span]}]}]}


def plant(root: Path, declaration: Declaration) -> None:
    """Good records, records with text in a typed column, broken lines, and whole files that are no records: as JSON lines, CSV and Parquet."""
    folder = root / declaration.folder
    folder.mkdir(parents=True)
    record = record_of(declaration)
    typed = [column.name for column in declaration.columns if column.data_type == "bigint" and not column.paths and not column.attributes][:1]
    wrong = {**record, **{name: f"{MARKER} in a number" for name in typed}}
    lines = [json.dumps(record), json.dumps(wrong), f'{{"broken": "{MARKER}', f'"{MARKER}"', f"[\"{MARKER}\"]"]
    (folder / "lines.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "page.json").write_text("<html><body>" + MARKER)
    (folder / "cut.json").write_text('{"text": "' + MARKER)
    if declaration.reader == "otlp":
        (folder / "otlp.jsonl").write_text(json.dumps(otlp_of(declaration)) + f'\n{{"resourceSpans": "{MARKER}"}}\n{{"resourceSpans": [{{"{MARKER}\n')
    flat = {name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in record.items()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([list(flat), list(flat.values()), [*flat.values(), MARKER, MARKER], [MARKER] * (len(flat) - 1)])
    (folder / "rows.csv").write_text(out.getvalue())
    (folder / "headless.csv").write_text(f"{MARKER},{MARKER} please,1\n{MARKER},b,2\n")
    (folder / "single.csv").write_text(f"{MARKER} is one column\nand a line\n")
    source = folder.parent / "record.json"
    source.write_text(json.dumps(record))
    duckdb.sql(f"copy (select * from read_json('{source}')) to '{folder / 'rows.parquet'}'")
    source.unlink()


# Calls whose cost is known


def span(key: str, model: str, provider: str, *, parent: str = "", scope: str = "", operation: str = "chat", hour: int = 9, **attributes: Any) -> dict[str, Any]:
    """An OTLP document of one span. The response id is the key, unless it is said to be none."""
    starts = 1785542400 + 3600 * hour
    response = attributes.pop("response", key)
    named = {"gen_ai.operation.name": operation, "gen_ai.provider.name": provider, "gen_ai.request.model": model, **({"gen_ai.response.id": response} if response else {})}
    values = [{"key": name, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}} for name, value in {**named, **attributes}.items()]
    times = {"startTimeUnixNano": f"{starts}000000000", "endTimeUnixNano": f"{starts + 1}000000000"}
    one = {"traceId": "trace-1", "spanId": f"span-{key}", "parentSpanId": parent, "name": operation, **times, "attributes": values}
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": scope, "version": "0.62.3"}, "spans": [one]}]}]}


def usage(given: int, out: int, **more: int) -> dict[str, int]:
    return {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": out, **more}


SONNET, BEDROCK_SONNET = "claude-3-7-sonnet-20250219", "us.anthropic.claude-3-7-sonnet-20250219-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/"
CREATED, READ = "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_read.input_tokens"
OLD = {"gen_ai.system": "anthropic", "gen_ai.usage.prompt_tokens": 12307, "gen_ai.usage.completion_tokens": 550, "gen_ai.usage.cache_creation_input_tokens": 12304}


def otel_spans() -> list[dict[str, Any]]:
    openllmetry = "opentelemetry.instrumentation."
    return [
        span("a-otel", SONNET, "anthropic", **usage(12307, 550), **{CREATED: 12304}),
        span("a-otel-old", SONNET, "anthropic", **OLD),
        span("a-otel-apart", SONNET, "anthropic", **usage(3, 550), **{CREATED: 12304}),
        span("b-otel", SONNET, "anthropic", scope=openllmetry + "anthropic", **usage(1000, 750), **{READ: 400, "gen_ai.usage.reasoning.output_tokens": 700}),
        span("b-otel-bedrock", BEDROCK_SONNET, "aws.bedrock", scope=openllmetry + "bedrock", **usage(600, 750), **{READ: 400, "gen_ai.usage.total_tokens": 1350}),
        # An agent around two calls, a framework's span around one of them, and a second instrumentor on it.
        span("agent", SONNET, "anthropic", operation="invoke_agent", **usage(113, 11)),
        span("child-1", SONNET, "anthropic", parent="span-agent", **usage(100, 10)),
        span("child-2-outer", SONNET, "anthropic", parent="span-agent", response="", **usage(13, 1)),
        span("child-2", SONNET, "anthropic", parent="span-child-2-outer", **usage(13, 1)),
        span("child-2-again", SONNET, "anthropic", parent="span-agent", response="child-2", **usage(13, 1)),
        # The client of a gateway takes the gateway for OpenAI.
        span("chatcmpl-gateway", "gpt-alias", "openai", **usage(7, 3), **{"gen_ai.conversation.id": "ses-1"}),
        # Midnight: a stream's first record on one day, its end on the next.
        span("msg_midnight", SONNET, "anthropic", hour=23, **usage(10, 1)),
        {**span("msg_midnight", SONNET, "anthropic", hour=24, **usage(10, 9))},
    ]


def known_calls() -> dict[str, list[dict[str, Any]]]:
    canonical = {"provider": "anthropic", "model": SONNET, "started_at": "2026-08-01T09:00:00Z"}
    details = {"prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 700}}
    gateway = {"startTime": "2026-08-01T09:00:00Z", "custom_llm_provider": "anthropic", "model": SONNET, "call_type": "acompletion", "status": "success"}
    bedrock = {"timestamp": "2026-08-01T09:00:00Z", "accountId": "111122223333", "region": "us-east-1", "operation": "Converse", "modelId": BEDROCK_SONNET}
    return {
        "otel_spans": otel_spans(),
        "llm_calls": [
            {**canonical, "call_id": "a-anthropic", "token_convention": "exclusive", "input_tokens": 3, "cache_creation_input_tokens": 12304, "output_tokens": 550},
            {**canonical, "call_id": "a-openai", "prompt_tokens": 12307, "cache_write_tokens": 12304, "completion_tokens": 550, "total_tokens": 12857},
            {**canonical, "call_id": "b-anthropic", "token_convention": "exclusive", "input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 750},
            {**canonical, "call_id": "b-openai", "prompt_tokens": 1000, "cached_tokens": 400, "completion_tokens": 750, "reasoning_tokens": 700, "total_tokens": 1750},
            {**canonical, "call_id": "b-gemini", "promptTokenCount": 1000, "cachedContentTokenCount": 400, "candidatesTokenCount": 50, "thoughtsTokenCount": 700, "totalTokenCount": 1750},
            {**canonical, "call_id": "b-deepseek", "prompt_cache_miss_tokens": 600, "prompt_cache_hit_tokens": 400, "completion_tokens": 750},
            {**canonical, "call_id": "retry", "attempt_number": 2, "status": "error", "input_tokens": 5},
        ],
        "litellm_spend_logs": [
            {**gateway, "request_id": "a-litellm", "prompt_tokens": 12307, "completion_tokens": 550, "total_tokens": 12857, "metadata": {"usage_object": {"cache_creation_input_tokens": 12304}}},
            {**gateway, "request_id": "b-litellm", "prompt_tokens": 1000, "completion_tokens": 750, "total_tokens": 1750, "metadata": {"usage_object": details}},
            {**gateway, "request_id": "b-litellm-gemini", "prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1750, "metadata": {"usage_object": details}},
            {**gateway, "request_id": "chatcmpl-gateway", "prompt_tokens": 7, "completion_tokens": 3, "api_key": "key-1", "request_tags": ["team:search"]},
            {**gateway, "request_id": "cached", "prompt_tokens": 7, "completion_tokens": 3, "cache_hit": "True"},
            {**gateway, "request_id": "failed", "status": "failure", "metadata": {"attempted_retries": 1}},
            {**gateway, "request_id": "batch", "call_type": "aretrieve_batch", "prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 11},
        ],
        "bedrock_invocation_logs": [
            {**bedrock, "requestId": "a-bedrock", "inferenceRegion": "us-west-2", "input": {"inputTokenCount": 3, "cacheWriteInputTokenCount": 12304}, "output": {"outputTokenCount": 550}},
            {**bedrock, "requestId": "b-bedrock", "input": {"inputTokenCount": 600, "cacheReadInputTokenCount": 400}, "output": {"outputTokenCount": 750}},
            {**bedrock, "requestId": "mapped", "modelId": PROFILE + "known", "input": {"inputTokenCount": 5}, "output": {"outputTokenCount": 1}},
            {**bedrock, "requestId": "unmapped", "modelId": PROFILE + "other", "input": {"inputTokenCount": 5}, "output": {"outputTokenCount": 1}},
            {**bedrock, "requestId": "before", "timestamp": "2026-06-30T23:59:59Z", "modelId": PROFILE + "known", "input": {"inputTokenCount": 5}, "output": {"outputTokenCount": 1}},
        ],
        "bedrock_inference_profiles": [
            {
                "inferenceProfileSummaries": [
                    {
                        "inferenceProfileArn": PROFILE + "known", "inferenceProfileName": "search", "type": "APPLICATION", "createdAt": "2026-07-01T00:00:00Z", "updatedAt": "2026-07-01T00:00:00Z",
                        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/anthropic.claude-3-7-sonnet-20250219-v1:0"} for region in ("us-east-1", "us-west-2")],
                        "tags": [{"key": "team", "value": "search"}],
                    }
                ]
            }
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def planted(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("planted") / "landing"
    for declaration in PLANTED:
        plant(landing, declaration)
    for folder, records in known_calls().items():
        (landing / folder).mkdir(exist_ok=True)
        (landing / folder / "known.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return build(landing, landing.parent / "policy", "+call_record_quality +stg_agents__agent_runs +stg_vector__queries +int_inference__price_book")


def test_the_marker_is_nowhere_in_the_warehouse(planted: Path) -> None:
    with duckdb.connect(str(planted), read_only=True) as connection:
        loaded = dict(connection.execute("select source, sum(rows_loaded) from staging.landing_files group by all").fetchall())
        rejected = dict(connection.execute("select source, sum(rows_rejected) from staging.landing_files group by all").fetchall())
        relations = connection.execute("select table_schema || '.' || table_name from information_schema.tables where table_schema <> 'information_schema'").fetchall()
        assert len(relations) > 40  # the loader makes a raw table of every source
        found = [name for (name,) in relations if connection.execute(f"select 1 from {name} as line where contains(cast(line as varchar), '{MARKER}') limit 1").fetchall()]
        kept = connection.execute("select count(*) from intermediate.int_inference__calls").fetchall()[0][0]
    assert not found, f"text was loaded into {found}"
    assert kept >= 1
    for declaration in PLANTED:
        assert loaded[declaration.folder] > 0 and rejected[declaration.folder] > 0, f"{declaration.folder}: what was planted was not read"


def test_the_marker_is_not_in_the_bytes_of_the_file(planted: Path) -> None:
    files = [path for path in planted.parent.iterdir() if path.is_file()]
    assert planted in files
    # Compression may cut a text in pieces: each end of the marker alone would show.
    for path in files:
        content = path.read_bytes()
        assert not [part for part in (MARKER, MARKER[:4], MARKER[-4:]) if part.encode() in content], path.name


@pytest.fixture(scope="module")
def calls(planted: Path) -> dict[str, dict[str, Any]]:
    """The known calls, with the cost of their tokens at the standard price of Claude 3.7 Sonnet."""
    with duckdb.connect(str(planted), read_only=True) as connection:
        return {
            row["call_id"]: row
            for row in connection.execute("""
                with priced as (
                    select calls.*, prices.token_kind, prices.price_usd_per_unit as price_usd_per_token
                    from intermediate.int_inference__calls as calls
                    left join intermediate.int_inference__price_book as prices
                        on calls.provider = prices.provider and prices.model_id = 'claude-3-7-sonnet' and prices.service_tier = 'standard' and prices.context_min_tokens = 0 and prices.region = 'any'
                )
                select
                    call_id, any_value(columns(* exclude (call_id, token_kind, price_usd_per_token))),
                    sum(price_usd_per_token * case token_kind
                        when 'input' then input_tokens when 'cache_read' then cache_read_tokens when 'cache_write_5m' then cache_write_5m_tokens
                        when 'cache_write_1h' then cache_write_1h_tokens when 'output' then output_tokens end) as cost
                from priced group by call_id
            """).to_arrow_table().to_pylist()
        }  # fmt: skip


def test_gotcha_01_the_same_call_in_every_shape_costs_the_same(calls: dict[str, dict[str, Any]]) -> None:
    """litellm#9812: 3 fresh tokens, 12,304 written, 550 out cost $0.054399 on the console."""
    shapes = {name: row["cost"] for name, row in calls.items() if name.startswith("a-")}
    assert set(shapes) == {"a-anthropic", "a-openai", "a-bedrock", "a-otel", "a-otel-old", "a-otel-apart", "a-litellm"}
    assert set(shapes.values()) == {Decimal("0.054399")}


def test_gotcha_05_thinking_outside_the_output_is_billed_like_thinking_inside(calls: dict[str, dict[str, Any]]) -> None:
    """600 fresh, 400 cached, 750 out of which 700 are reasoning: 0.0018 + 0.00012 + 0.01125. The Bedrock package of OpenLLMetry counts cached tokens apart, its Anthropic package inside."""
    shapes = {name: row["cost"] for name, row in calls.items() if name.startswith("b-")}
    assert set(shapes) == {"b-anthropic", "b-openai", "b-gemini", "b-deepseek", "b-otel", "b-otel-bedrock", "b-litellm", "b-litellm-gemini", "b-bedrock"}
    assert set(shapes.values()) == {Decimal("0.01317")}
    assert {calls[name]["reasoning_tokens"] for name in ("b-openai", "b-gemini", "b-otel", "b-litellm", "b-litellm-gemini")} == {700}
    assert [calls[name]["tokens_reconcile"] for name in ("b-openai", "b-gemini", "b-litellm", "b-litellm-gemini", "b-otel-bedrock", "b-deepseek")] == [True] * 5 + [None]


def test_gotcha_02_and_04_parents_and_second_instrumentors_add_nothing(calls: dict[str, dict[str, Any]]) -> None:
    tokens = {name: (row["input_tokens"], row["output_tokens"]) for name, row in calls.items() if "child" in name or "agent" in name}
    assert tokens == {"child-1": (100, 10), "child-2": (13, 1)}
    assert calls["child-2"]["records"] == 2
    one = calls["chatcmpl-gateway"]
    assert (one["provider"], one["x_source"], one["credential_id"], one["agent_session_id"], dict(one["tags"])["team"]) == ("anthropic", "litellm_spend_logs", "key-1", "ses-1", "search")


def test_gotcha_06_a_cache_write_of_unknown_lifetime_is_five_minutes_and_said_so(calls: dict[str, dict[str, Any]]) -> None:
    assert {(row["cache_write_5m_tokens"], row["cache_write_unknown_tokens"]) for name, row in calls.items() if name.startswith("a-")} == {(12304, 12304)}


def test_gotcha_07_and_08_profiles_are_resolved_by_what_is_known_and_never_guessed(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["a-bedrock"]["region"] == "us-east-1" and calls["a-bedrock"]["geo_scope"] == "geo"
    mapped = calls["mapped"]
    assert (mapped["model_id_raw"], mapped["geo_scope"], mapped["inference_profile_arn"], dict(mapped["tags"])) == (
        "anthropic.claude-3-7-sonnet-20250219-v1:0", "geo", PROFILE + "known", {"team": "search"},
    )  # fmt: skip
    # One nobody mapped, and one before the mapping was made.
    for name, profile in (("unmapped", "other"), ("before", "known")):
        assert (calls[name]["model_id_raw"], calls[name]["geo_scope"]) == (PROFILE + profile, "unknown")


def test_gotcha_13_14_and_20_what_bills_otherwise_is_told_apart_day_by_day(planted: Path, calls: dict[str, dict[str, Any]]) -> None:
    assert calls["msg_midnight"]["usage_date"].isoformat() == "2026-08-01" and calls["msg_midnight"]["output_tokens"] == 9
    names = (
        "records", "duplicate_records", "calls", "retried_calls", "failed_calls", "failed_calls_with_tokens", "gateway_cached_calls", "batch_calls", "unreconciled_calls",
        "unmapped_profile_calls",
    )  # fmt: skip
    with duckdb.connect(str(planted), read_only=True) as connection:
        rows = connection.execute(f"select provider, x_source, usage_date, {', '.join(names)} from marts.call_record_quality where usage_date between '2026-06-01' and '2026-08-02'").fetchall()
    found = {(provider, source, day.isoformat()): dict(zip(names, counts)) for provider, source, day, *counts in rows}
    gateway = found["anthropic", "litellm_spend_logs", "2026-08-01"]
    assert gateway == dict(zip(names, (7, 0, 7, 1, 1, 0, 1, 1, 1, 0)))
    assert calls["batch"]["service_tier"] == "batch" and calls["cached"]["is_gateway_cache_hit"]
    canonical = found["anthropic", "llm_calls", "2026-08-01"]
    assert (canonical["retried_calls"], canonical["failed_calls"], canonical["failed_calls_with_tokens"]) == (1, 1, 1)
    assert found["openai", "otel_spans", "2026-08-01"]["duplicate_records"] == 1  # the gateway's client
    spans = [found["anthropic", "otel_spans", day] for day in ("2026-08-01", "2026-08-02")]
    # A framework's span, a second instrumentor's, the first part of a stream: its end speaks, on the day the call began.
    assert [(day["records"], day["duplicate_records"], day["calls"]) for day in spans] == [(9, 3, 7), (1, 0, 0)]
    assert found["aws", "bedrock_invocation_logs", "2026-08-01"]["unmapped_profile_calls"] == 1 and found["aws", "bedrock_invocation_logs", "2026-06-30"]["unmapped_profile_calls"] == 1
