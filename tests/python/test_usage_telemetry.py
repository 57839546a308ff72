"""Telemetry of observability stores, gateways and usage APIs, from the landing zone to usage that counts once: Langfuse, Helicone, OpenAI, Anthropic, Vertex AI, Azure API Management.

Field names and strings are those of ClickHouse migrations (Langfuse, Helicone), of the vendors' references and SDKs, of elastic/beats (Vertex) and of Application Insights exports
people have published (read 2026-11). One build of one landing zone serves all tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

AUGUST_1 = 1_785_542_400  # 2026-08-01
HOUR, DAY = 3600, 86_400
SECRET = "SECRET: who was paid what in July"
NIL = "00000000-0000-0000-0000-000000000000"
CLAUDE = "claude-3-7-sonnet-20250219"
# litellm#9812: 3 fresh + 12,304 written + 550 out. The other call reads 900 tokens from the cache and thinks for 60.
WRITES, READS = (3, 0, 12_304, 0, 550), (100, 900, 0, 0, 100)
SPLIT = (
    "input_tokens + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0), cache_read_tokens, cache_write_5m_tokens + cache_write_unknown_tokens, cache_write_1h_tokens, "
    "output_text_tokens + coalesce(reasoning_tokens, 0) + coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0)"
)
CALLS = ["langfuse", "helicone", "vertex"]
BUCKETS = ["openai", "anthropic", "azure_apim"]


def write(landing: Path, name: str, rows) -> None:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows) if isinstance(rows, dict) else "".join(json.dumps(row) + "\n" for row in rows))


def generation(name: str, usage: dict, model: str = CLAUDE, **more) -> dict:
    return {
        "id": name, "trace_id": "trace-1", "project_id": "prj", "type": "GENERATION", "parent_observation_id": "", "environment": "default", "start_time": "2026-08-01 10:00:00.123",
        "end_time": "2026-08-01 10:00:02.000", "name": "answer", "level": "DEFAULT", "input": SECRET, "output": SECRET, "status_message": SECRET, "provided_model_name": model,
        "model_parameters": json.dumps({"temperature": 0.2, "stop": SECRET}), "usage_details": usage, "cost_details": {"total": 0.09}, "total_cost": 0.091311,
        "metadata": {"feature": "rag", "messages": SECRET, "team": {"nested": SECRET}, "environment": SECRET * 20}, "event_ts": "2026-08-01 10:00:03", "is_deleted": 0, **more,
    }


LANGFUSE = [
    generation("lf-writes", {"input": 3, "cache_creation_input_tokens": 12_304, "output": 550, "total": 12_857}),
    generation("lf-reads", {"input": 100, "input_cached_tokens": 900, "output": 40, "output_reasoning_tokens": 60, "total": 1100}, "gpt-5", trace_id="trace-2"),
    generation("lf-alias", {"input": "100", "input_cache_read": "900", "output": "40", "output_reasoning_tokens": "60", "total": "1100"}, "gpt-5"),  # ClickHouse quotes 64-bit integers
    generation("lf-anthropic", {"input": 100, "cache_read_input_tokens": 900, "output": 100, "total": 1100}),
    generation("lf-untouched", {"input": 1000, "input_cached_tokens": 900, "output": 100, "output_reasoning_tokens": 60, "total": 1100}, "gpt-5"),  # langfuse#10592
    generation("lf-untouched-input", {"input": 1000, "input_cached_tokens": 900, "output": 40, "output_reasoning_tokens": 60, "total": 1100}, "gpt-5"),
    generation("lf-unknown-key", {"input": 100, "input_cached_tokens": 900, "input_video": 7, "output": 100, "total": 1107}, "gpt-5"),
    generation("lf-hour", {"input": 3, "input_cache_creation": 12_304, "input_cache_creation_1h": 304, "output": 550}, "us.anthropic.claude-3-7-sonnet-20250219-v1:0"),
    generation("lf-embedding", {"input": 8, "total": 8}, "text-embedding-3-small", type="EMBEDDING", level="ERROR"),
    generation("lf-audio", {"input": 10, "input_audio": 20, "output": 5, "output_audio": 7, "total": 42}, "house-model", metadata={"provider": "azure_openai", "batch": "true"}),
    generation("lf-agent", {"input": 103, "output": 1250, "total": 1353}, type="AGENT"),  # repeats its children
    generation("lf-span", {}, type="SPAN", provided_model_name=None),
    generation("lf-partial", {"input": 3, "output": 900, "total": 903}, event_ts="2026-08-01 10:00:01"),
    generation("lf-partial", {"input": 3, "output": 5, "total": 8}, event_ts="2026-08-01 10:00:09"),
    generation("lf-deleted", {"input": 3, "output": 5, "total": 8}, event_ts="2026-08-01 10:00:01"),
    generation("lf-deleted", {"input": 3, "output": 5, "total": 8}, event_ts="2026-08-01 10:00:09", is_deleted=1),
    generation("lf-no-model", {"input": 3}, None),
    generation("lf-negative", {"input": -3, "output": 5}),
    generation("lf-bad-time", {"input": 3}, start_time="soon"),
]
TRACES = [
    {"id": "trace-1", "project_id": "prj", "name": "old", "user_id": "u-0", "session_id": "s-0", "tags": ["team:old"], "event_ts": "2026-08-01 09:00:00", "input": SECRET},
    {"id": "trace-1", "project_id": "prj", "name": "support-bot", "user_id": "u-1", "session_id": "s-1", "tags": ["team:support", "vip"], "metadata": {"cost_center": "cc-7", "prompt": SECRET}, "event_ts": "2026-08-01 10:00:00"},
    {"id": "trace-1", "project_id": "other", "tags": ["team:other"], "event_ts": "2026-08-02 10:00:00"},
]


def request(name: str, **more) -> dict:
    return {
        "request_id": name, "response_id": "r", "request_created_at": "2026-08-01 11:00:00.500", "response_created_at": "2026-08-01 11:00:01.500", "latency": 1000, "status": 200,
        "model": "gpt-5", "provider": "OPENAI", "prompt_tokens": 100, "completion_tokens": 40, "prompt_cache_read_tokens": 900, "reasoning_tokens": 60, "user_id": "jane", "organization_id": "org-h",
        "proxy_key_id": "key-1", "cost": 54_399_000, "cache_reference_id": NIL, "request_body": SECRET, "response_body": SECRET, "target_url": f"https://x/?key={SECRET}", "updated_at": "2026-08-01 11:00:02",
        "properties": {"Helicone-Session-Id": "sess-9", "Team": "growth", "Note": SECRET * 20}, **more,
    }


HELICONE = [
    request("h-writes", model=CLAUDE, provider="ANTHROPIC", prompt_tokens=3, completion_tokens=550, prompt_cache_read_tokens=0, prompt_cache_write_tokens=12_304, reasoning_tokens=None),
    request("h-reads"),
    request("h-ambiguous", prompt_tokens=1000, reasoning_tokens=None),
    request("h-openai-writes", prompt_tokens=12_307, completion_tokens=550, prompt_cache_read_tokens=0, prompt_cache_write_tokens=12_304, reasoning_tokens=None, model="gpt-5.6-sol"),
    request("h-cached", cache_reference_id="7b0fc8c1-2f4c-4c3c-9d5e-111111111111", cost=0),
    request("h-failed", status=429, prompt_tokens=None, completion_tokens=None, prompt_cache_read_tokens=None, reasoning_tokens=None, cost=0),
    request("h-audio", prompt_tokens=30, prompt_audio_tokens=20, completion_tokens=12, completion_audio_tokens=7, prompt_cache_read_tokens=0, reasoning_tokens=None, provider="AZURE"),
    request("h-bedrock", provider="bedrock", model="us.anthropic.claude-3-7-sonnet-20250219-v1:0"),
    request("h-custom", provider="CUSTOM", model="mystery-1", prompt_cache_read_tokens=0),
    request("h-restated", completion_tokens=900, updated_at="2026-08-01 11:00:02"),
    request("h-restated", completion_tokens=40, updated_at="2026-08-01 11:00:09"),
    {key: value for key, value in request("h-api", response_status=200, cost=0.054399).items() if key != "status"},
    request("h-negative", prompt_tokens=-1),
    request("h-bad-cost", cost="a lot"),
]


def vertex(name: str, response: dict, model: str = "publishers/google/models/gemini-2.5-pro", **more) -> dict:
    return {
        "endpoint": "projects/my-project/locations/us-central1/publishers/google/models/gemini-2.5-pro", "deployed_model_id": "", "logging_time": "2026-08-01 12:00:00.313 UTC", "request_id": name, "model": model,
        "api_method": "generateContent", "request_payload": [SECRET], "response_payload": [SECRET], "metadata": {"text": SECRET},
        "full_request": {"contents": [{"role": "user", "parts": [{"text": SECRET}]}], "systemInstruction": SECRET, "labels": {"team": "search", "env": "prod", "long": SECRET * 20}},
        "full_response": {"candidates": [{"content": {"parts": [{"text": SECRET}]}}], **response}, **more,
    }


GEMINI = {"promptTokenCount": 1000, "cachedContentTokenCount": 900, "candidatesTokenCount": 40, "thoughtsTokenCount": 60, "totalTokenCount": 1100, "trafficType": "ON_DEMAND"}
CLAUDE_WRITES = {"input_tokens": 3, "cache_creation_input_tokens": 12_304, "cache_creation": {"ephemeral_5m_input_tokens": 12_304, "ephemeral_1h_input_tokens": 0}, "output_tokens": 550}
VERTEX = [
    vertex("1", {"usageMetadata": GEMINI}, sampling_rate=0.1),
    vertex("2", {"usage": CLAUDE_WRITES, "id": "msg_vrtx_1"}, "publishers/anthropic/models/claude-3-7-sonnet@20250219", api_method="rawPredict"),
    vertex("3", {"usage": {"input_tokens": 100, "cache_read_input_tokens": 900, "output_tokens": 100, "output_tokens_details": {"thinking_tokens": 60}}}, "claude-3-7-sonnet@20250219"),
    vertex("4", {}, otel_log={"attributes": {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 900, "gen_ai.usage.output_tokens": 100, "gen_ai.usage.reasoning.output_tokens": 60,
        "gen_ai.input.messages": SECRET, "gen_ai.response.id": "otel-4"}, "body": SECRET, "trace_id": "4bf9", "span_id": "00f0"}),
    vertex("5", {"usageMetadata": {**GEMINI, "toolUsePromptTokenCount": 50, "totalTokenCount": 1150}}, endpoint="projects/p/locations/global/publishers/google/models/gemini-2.5-pro"),
    vertex("6", {"usageMetadata": {**GEMINI, "totalTokenCount": 1040}}),  # as if the thoughts were inside the answer
    vertex("7", {"usageMetadata": {"promptTokenCount": 500, "candidatesTokenCount": 30, "totalTokenCount": 530, "trafficType": "PROVISIONED_THROUGHPUT", "cachedContentTokenCount": 100,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 200}, {"tokenCount": 300, "modality": "AUDIO"}], "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 100}],
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 10}]}}),
    vertex("8", {"error": {"code": 429, "message": SECRET}}),
    vertex("9", {}),
    {**vertex("10", {}), "full_request": json.dumps({"labels": {"team": "text"}, "contents": SECRET}), "full_response": json.dumps({"usageMetadata": GEMINI, "candidates": SECRET})},
]


def metric(name: str, value, dimensions: dict, at: str = "2026-08-01T13:00:00Z", **more) -> dict:
    return {"timestamp": at, "name": name, "value": value, "valueSum": value, "valueCount": 2, "itemCount": 1, "customDimensions": dimensions, **more}


DIMENSIONS = {"API ID": "openai", "Subscription ID": "sub-7", "User ID": "u-3", "Product": "gold", "Client IP": "10.0.0.1", "Model": "gpt-5", "Team": "ops"}
DEPLOYED = {"API ID": "openai", "Subscription ID": "sub-8", "Deployment": "gpt-4o"}
APIM = [
    *(metric(name, value, DIMENSIONS) for name, value in (("Prompt Tokens", 1000), ("Completion Tokens", 100), ("Total Tokens", 1100), ("Prompt Cached Tokens", 900))),
    *(metric(f"AIGateway/{name} Count", value, DEPLOYED) for name, value in (("Prompt Token", 70), ("Completion Token", 30), ("Total Token", 101))),
    {"TimeGenerated": "2026-08-01T13:05:00Z", "Name": "Prompt Tokens", "Sum": 5, "ItemCount": 1, "Properties": json.dumps({**DEPLOYED, "note": SECRET * 20})},
    metric("Prompt Tokens", 21, {"Subscription ID": "sub-9", "Deployment": "house-large"}, "2026-08-01T13:10:00Z"),
    metric("Requests", 17, DIMENSIONS),
    metric("Total Tokens", 17, {"Subscription ID": "sub-only-total"}),
    metric("Prompt Tokens", -1, {"Subscription ID": "sub-negative"}),
]


def usage_page(width: int, buckets: dict[int, list[dict]]) -> dict:
    data = [{"object": "bucket", "start_time": AUGUST_1 + start, "end_time": AUGUST_1 + start + width, "results": results} for start, results in buckets.items()]
    return {"object": "page", "data": data, "has_more": False, "next_page": None}


def completions(fresh: int, cached: int, written: int, output: int, **more) -> dict:
    named = dict.fromkeys(("project_id", "user_id", "api_key_id", "model", "batch", "service_tier"))
    return {
        "object": "organization.usage.completions.result", "input_tokens": fresh + cached + written, "input_uncached_tokens": fresh, "input_cached_tokens": cached, "input_cache_write_tokens": written,
        "output_tokens": output, "num_model_requests": 2, **named, **more,
    }


def openai(landing: Path) -> None:
    mine, theirs = {"project_id": "proj_a", "model": "gpt-5-2025-08-07"}, {"project_id": "proj_b", "model": "gpt-5-mini-2025-08-07"}
    writes, reads = completions(*WRITES[:3], 550, **mine, service_tier="flex", batch=False), completions(*READS[:3], 100, **theirs, batch=True, service_tier="default")
    media = {"input_text_tokens": 60, "input_audio_tokens": 40, "output_text_tokens": 90, "output_audio_tokens": 10}
    folder = "openai_usage/acme/2026-08-05T0300"
    # Two days in four groupings of one pull, an older pull of half a day, and the same day hour by hour: one use.
    write(landing, f"{folder}/by-model.json", usage_page(DAY, {0: [writes, reads], DAY: [{**reads, **media}], 2 * DAY: []}))
    write(landing, f"{folder}/by-project.json", usage_page(DAY, {0: [completions(*WRITES[:3], 550, project_id="proj_a"), completions(*READS[:3], 100, project_id="proj_b")]}))
    write(landing, f"{folder}/whole.json", usage_page(DAY, {0: [completions(103, 900, 12_304, 650)]}))
    write(landing, "openai_usage/acme/2026-08-01T1200/by-model.json", usage_page(DAY, {0: [completions(1, 0, 0, 5, **mine)]}))
    write(landing, f"{folder}/hourly.json", usage_page(HOUR, {0: [{**writes, "num_model_requests": 1}], HOUR: [completions(50, 900, 0, 100, **theirs)]}))
    # Pulls of one project each complete each other.
    for number, project in enumerate(("proj_a", "proj_b")):
        write(landing, f"openai_usage/acme/{project}-2026-08-09/page.json", usage_page(DAY, {7 * DAY: [completions(10 + number, 0, 0, 1, project_id=project, model="gpt-5-mini")]}))
    embedding = {"object": "organization.usage.embeddings.result", "input_tokens": 77, "num_model_requests": 3, "project_id": "proj_a", "model": "text-embedding-3-small", "user_id": None, "api_key_id": "key_1"}
    old = {"object": "organization.usage.completions.result", "input_tokens": 1000, "input_cached_tokens": 900, "input_audio_tokens": 25, "output_tokens": 100, "output_audio_tokens": 5, "num_model_requests": 1, "model": "gpt-4o-audio-preview"}
    odd = [{"object": "organization.usage.vector_stores.result", "usage_bytes": 5, "input_tokens": 0}, completions(5, 9, 0, 1, input_uncached_tokens=None, input_tokens=3), embedding, old]
    write(landing, f"{folder}/embeddings.json", usage_page(DAY, {3 * DAY: odd}))


def claude_usage(*counts: int, **more) -> dict:
    fresh, read, minutes, hour, output = counts
    named = dict.fromkeys(("api_key_id", "workspace_id", "service_tier", "context_window", "inference_geo", "speed", "account_id", "service_account_id"))
    return {
        "uncached_input_tokens": fresh, "cache_read_input_tokens": read, "cache_creation": {"ephemeral_5m_input_tokens": minutes, "ephemeral_1h_input_tokens": hour}, "output_tokens": output,
        "server_tool_use": {"web_search_requests": 4}, "model": CLAUDE, **named, **more,
    }


def anthropic(landing: Path) -> None:
    results = [
        claude_usage(*WRITES, workspace_id="wrkspc_1", service_tier="standard", context_window="0-200k", inference_geo="not_available", speed="standard", api_key_id="apikey_1"),
        claude_usage(*READS, workspace_id="wrkspc_2", service_tier="batch", context_window="200k-1M", inference_geo="us", account_id="user_1"),
        claude_usage(1, 0, 0, 6, 2, inference_geo="global", speed="fast", service_account_id="svac_1", workspace_id="wrkspc_1"),
        claude_usage(-1, 0, 0, 0, 2),
    ]
    page = {"data": [{"starting_at": "2026-08-01T00:00:00Z", "ending_at": "2026-08-02T00:00:00Z", "results": results}, {"starting_at": "2026-08-02T00:00:00Z", "ending_at": "2026-08-03T00:00:00Z", "results": []}]}
    write(landing, "anthropic_usage_report/2026-08-05T0300/page-1.json", {**page, "has_more": False, "next_page": None})


@pytest.fixture(scope="module")
def usage(build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    landing = tmp_path_factory.mktemp("usage") / "landing"
    write(landing, "langfuse_observations/observations.jsonl", LANGFUSE)
    write(landing, "langfuse_traces/traces.jsonl", TRACES)
    write(landing, "helicone_requests/requests.jsonl", HELICONE)
    write(landing, "vertex_request_response_logs/log.jsonl", VERTEX)
    write(landing, "azure_apim_token_metrics/metrics.jsonl", [*APIM[:7], *APIM[8:]])
    write(landing, "azure_apim_token_metrics/app-metrics.jsonl", APIM[7:8])
    openai(landing)
    anthropic(landing)
    # What the logs know of OpenAI: all of proj_a's day and half of what proj_b read on the second.
    logs = "call_id,started_at,provider,account_id,model,token_convention,input_tokens,cache_read_tokens,cache_write_5m_tokens,output_tokens\n"
    logs += "c1,2026-08-01T01:00:00Z,openai,proj_a,gpt-5,exclusive,3,0,12304,550\nc2,2026-08-02T01:00:00Z,openai,proj_b,gpt-5-mini,exclusive,50,900,0,100\n"
    write(landing, "llm_calls/calls.csv", logs)
    # The same rows of a store in Parquet, with the map ClickHouse writes.
    connection = duckdb.connect()
    connection.execute("create table observations as select 'lf-parquet' as id, 'prj' as project_id, 'GENERATION' as type, 'gpt-5' as provided_model_name, timestamp '2026-08-01 10:00:00' as start_time, "
        "map {'input': 100::ubigint, 'input_cached_tokens': 900::ubigint, 'output': 40::ubigint, 'output_reasoning_tokens': 60::ubigint, 'total': 1100::ubigint} as usage_details, "
        f"map {{'team': 'parquet', 'prompt': '{SECRET}'}} as metadata, '{SECRET}' as input, ['feature:p'] as tags")
    connection.execute(f"copy observations to '{landing / 'langfuse_observations' / 'o.parquet'}' (format parquet)")
    write(landing.parent, "policy/inference_profiles.csv", "profile_arn,model,valid_from,comment\nazure-deployment/house-large,gpt-4.1,2026-07-01,what is deployed there\n")
    warehouse = build(landing, landing.parent / "policy", "+usage_coverage_daily +int_inference__usage_hourly stg_langfuse__traces")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


def rows(usage: duckdb.DuckDBPyConnection, source: str, columns: str, where: str = "x_quarantine_reason is null") -> dict[str, tuple]:
    return {name: tuple(found) for name, *found in usage.sql(f"select call_id, {columns} from staging.stg_{source}__llm_calls where {where} order by x_source_row_number").fetchall()}


def reasons(usage: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    query = f"select x_quarantine_reason from staging.stg_{source}__llm_calls where x_quarantine_reason is not null order by x_source_file, x_source_row_number"
    return [reason for (reason,) in usage.sql(query).fetchall()]


# Gotcha 1, 5, 6: one call, one split, whoever counts it


def test_gotcha_1_the_call_of_litellm_9812_is_the_same_tokens_and_dollars_in_every_shape(usage) -> None:
    langfuse, helicone, vertex_rows = (rows(usage, source, SPLIT) for source in CALLS)
    anthropic_rows = list(rows(usage, "anthropic", SPLIT).values())
    openai_rows = [tuple(row) for row in usage.sql(f"select {SPLIT} from staging.stg_openai__llm_calls where account_id = 'proj_a' and service_tier = 'flex' and x_source_file like '%by-model%'").fetchall()]
    found = [langfuse["lf-writes"], helicone["h-writes"], helicone["h-openai-writes"], vertex_rows["msg_vrtx_1"], anthropic_rows[0], *openai_rows]
    assert found == [WRITES] * 6
    prices = [Decimal(price) for price in ("3", "0.30", "3.75", "6", "15")]  # USD a million, claude-3-7-sonnet
    assert {sum(tokens * price for tokens, price in zip(split, prices)) / 1_000_000 for split in found} == {Decimal("0.054399")}


def test_gotcha_1_and_5_cached_input_and_reasoning_are_disjoint_in_every_shape(usage) -> None:
    langfuse, helicone, vertex_rows = (rows(usage, source, SPLIT) for source in CALLS)
    found = [langfuse[name] for name in ("lf-reads", "lf-alias", "lf-anthropic", "lf-untouched", "lf-untouched-input", "lf-parquet")] + [helicone["h-reads"]] + [vertex_rows[name] for name in ("1", "3", "otel-4", "10")]
    found += [list(rows(usage, "anthropic", SPLIT).values())[1], rows(usage, "azure_apim", SPLIT, "credential_id = 'sub-7'").popitem()[1]]
    found += [tuple(row) for row in usage.sql(f"select {SPLIT} from staging.stg_openai__llm_calls where x_source_file like '%by-model%' and account_id = 'proj_b'").fetchall()]
    assert found == [READS] * len(found) and len(found) == 15
    told = "output_text_tokens, reasoning_tokens"
    assert {rows(usage, "langfuse", told)[name] for name in ("lf-reads", "lf-untouched", "lf-parquet")} == {(40, 60)}
    assert rows(usage, "helicone", told)["h-reads"] == (40, 60) and {rows(usage, "vertex", told)[name] for name in ("1", "3", "otel-4")} == {(40, 60)}


def test_gotcha_5_thoughts_of_gemini_reconcile_only_when_added(usage) -> None:
    found = rows(usage, "vertex", f"tokens_reconcile, token_convention, input_tokens_raw, output_tokens_raw, {SPLIT}")
    assert found["1"] == (True, "inclusive", 1000, 40, *READS)
    assert found["5"] == (True, "inclusive", 1000, 40, 150, 900, 0, 0, 100)  # what Gemini's own tools put in front of it is input too
    assert found["6"][0] is False and found["6"][4:] == READS
    media = rows(usage, "vertex", "input_tokens, cache_read_tokens, input_audio_tokens, input_image_tokens, output_text_tokens, output_audio_tokens, output_image_tokens")
    assert media["7"] == (200, 100, 200, 0, 20, 0, 10) and media["1"][2:4] == (None, None)


def test_gotcha_15_the_key_total_of_langfuse_checks_the_kinds_and_is_none(usage) -> None:
    found = rows(usage, "langfuse", "tokens_reconcile, token_convention")
    assert {found[name] for name in ("lf-writes", "lf-reads", "lf-alias", "lf-anthropic", "lf-embedding", "lf-audio", "lf-parquet")} == {(True, "exclusive")}
    assert found["lf-untouched"] == found["lf-untouched-input"] == (True, "inclusive")
    assert found["lf-unknown-key"] == (False, "ambiguous") and found["lf-hour"] == (None, "exclusive")
    everything = usage.sql(f"select sum(a + b + c + d + e) from (select {SPLIT} from staging.stg_langfuse__llm_calls where call_id = 'lf-reads') as t(a, b, c, d, e)").fetchone()[0]
    assert everything == 1100
    lifetimes = rows(usage, "langfuse", "cache_write_5m_tokens, cache_write_1h_tokens, cache_write_unknown_tokens")
    assert lifetimes["lf-hour"] == (0, 304, 12_000) and lifetimes["lf-writes"] == (0, 0, 12_304)
    assert rows(usage, "langfuse", "input_tokens, input_audio_tokens, output_text_tokens, output_audio_tokens, input_image_tokens")["lf-audio"] == (10, 20, 5, 7, None)


# Langfuse and Helicone


def test_langfuse_counts_generations_in_their_newest_state_with_what_the_trace_says(usage) -> None:
    found = rows(usage, "langfuse", "provider, platform, model_id_raw, operation, status, service_tier, geo_scope, step_name, workflow_name, agent_session_id, principal_id, trace_id, span_id, parent_span_id")
    assert not {"lf-agent", "lf-span", "lf-deleted"} & set(found)
    assert found["lf-writes"] == ("anthropic", "direct", CLAUDE, "chat", "ok", "standard", None, "answer", "support-bot", "s-1", "u-1", "trace-1", "lf-writes", None)
    assert found["lf-hour"][:2] == ("aws", "bedrock") and found["lf-hour"][6] == "geo"
    assert found["lf-embedding"][:5] == ("openai", "direct", "text-embedding-3-small", "embeddings", "error")
    assert found["lf-audio"][:2] == ("azure", "azure_openai") and found["lf-audio"][5] == "batch"
    assert found["lf-reads"][8:11] == (None, None, None)  # its trace was not exported
    assert rows(usage, "langfuse", SPLIT)["lf-partial"] == (3, 0, 0, 0, 5)  # not the fullest state: the newest
    tags = usage.sql("select call_id, tags from staging.stg_langfuse__llm_calls where call_id in ('lf-writes', 'lf-parquet') order by 1 desc").fetchall()
    assert tags[0][1] == {"team": "support", "vip": "true", "feature": "rag", "cost_center": "cc-7", "environment": "default", "project_id": "prj", "user_id": "u-1"}
    assert tags[1][1] == {"team": "parquet", "feature": "p", "project_id": "prj"}
    times = usage.sql("select started_at, ended_at, reported_cost_usd, request_count, record_kind, input_tokens_raw, output_tokens_raw from staging.stg_langfuse__llm_calls where call_id = 'lf-writes'").fetchone()
    assert times == (datetime(2026, 8, 1, 10, 0, 0, 123000), datetime(2026, 8, 1, 10, 0, 2), Decimal("0.091311"), 1, "call", 3, 550)
    assert [reason.split(":")[0] for reason in reasons(usage, "langfuse")] == ["provided_model_name is empty", "a token count is negative", "start_time"]


def test_gotcha_14_what_the_gateway_answered_itself_is_marked_and_a_failed_call_is_an_error(usage) -> None:
    found = rows(usage, "helicone", f"status, is_gateway_cache_hit, {SPLIT}")
    assert found["h-cached"][:2] == ("ok", True) and found["h-reads"][:2] == ("ok", False)
    assert found["h-failed"] == ("error", False, 0, 0, 0, 0, 0)
    hits = usage.sql("select call_id from intermediate.int_inference__calls where is_gateway_cache_hit and x_source = 'helicone_requests'").fetchall()
    logged = usage.sql("select sum(requests) from intermediate.int_inference__logged_daily where provider = 'openai' and usage_date = date '2026-08-01' and model_id_raw = 'gpt-5'").fetchone()[0]
    asked = usage.sql("select count(*) from intermediate.int_inference__calls where provider = 'openai' and usage_date = date '2026-08-01' and model_id_raw = 'gpt-5'").fetchone()[0]
    assert hits == [("h-cached",)] and logged == asked - 1


def test_gotcha_12_helicone_costs_are_billionths_in_the_table_and_dollars_in_the_api(usage) -> None:
    found = rows(usage, "helicone", "reported_cost_usd")
    assert found["h-reads"] == found["h-api"] == (Decimal("0.054399"),)


def test_helicone_names_who_bills_and_what_it_can_not_tell(usage) -> None:
    found = rows(usage, "helicone", "provider, platform, geo_scope, token_convention, credential_id, principal_id, agent_session_id, cache_write_unknown_tokens, started_at, ended_at, tags")
    assert found["h-ambiguous"][3] == "ambiguous" and found["h-reads"][:8] == ("openai", "direct", None, "exclusive", "key-1", "jane", "sess-9", 0)
    assert found["h-reads"][8:10] == (datetime(2026, 8, 1, 11, 0, 0, 500000), datetime(2026, 8, 1, 11, 0, 1, 500000))
    assert found["h-reads"][10] == {"helicone-session-id": "sess-9", "team": "growth", "organization_id": "org-h", "user_id": "jane"}
    assert found["h-writes"][3] == "exclusive" and found["h-writes"][7] == 12_304 and found["h-bedrock"][:4] == ("aws", "bedrock", "geo", "exclusive")
    assert found["h-custom"][:2] == ("unknown", None) and found["h-audio"][:2] == ("azure", "azure_openai")
    assert rows(usage, "helicone", "input_tokens, input_audio_tokens, output_text_tokens, output_audio_tokens")["h-audio"] == (10, 20, 5, 7)
    assert rows(usage, "helicone", SPLIT)["h-restated"] == READS
    assert [reason.split(":")[0] for reason in reasons(usage, "helicone")] == ["a token count is negative, or audio tokens exceed the count that holds them", "cost is 'a lot'"]


# Vertex AI


def test_vertex_keeps_the_sampling_rate_and_grosses_nothing_up(usage) -> None:
    tags = usage.sql("select tags, account_id, region, geo_scope, service_tier, model_id_raw, started_at from staging.stg_vertex__llm_calls where call_id = '1'").fetchone()
    assert tags[0] == {"team": "search", "env": "prod", "sampling_rate": "0.1"}
    assert tags[1:] == ("my-project", "us-central1", "in_region", "standard", "publishers/google/models/gemini-2.5-pro", datetime(2026, 8, 1, 12, 0, 0, 313000))
    assert rows(usage, "vertex", "request_count, output_text_tokens + reasoning_tokens")["1"] == (1, 100)
    found = rows(usage, "vertex", "status, geo_scope, service_tier, trace_id, span_id, token_convention")
    assert found["8"][0] == "error" and found["5"][1] == "global" and found["7"][2] == "reserved" and found["otel-4"][3:5] == ("4bf9", "00f0") and found["msg_vrtx_1"][5] == "exclusive"
    assert usage.sql("select tags from staging.stg_vertex__llm_calls where call_id = '10'").fetchone()[0] == {"team": "text"}
    assert [reason.split(":")[0] for reason in reasons(usage, "vertex")] == ["neither full_response nor otel_log says how many tokens were used"]


def test_no_text_of_a_prompt_or_an_answer_reaches_any_table(usage) -> None:
    tables = usage.sql("select table_schema, table_name from information_schema.tables where table_schema in ('raw', 'staging', 'intermediate', 'marts')").fetchall()
    assert len(tables) > 30
    leaks = [f"{schema}.{table}" for schema, table in tables if usage.sql(f'select count(*) from {schema}."{table}" as t where cast(t as varchar) like \'%SECRET%\'').fetchone()[0]]
    assert leaks == []


# Usage APIs


def test_openai_buckets_read_every_answer_and_keep_null_what_was_not_grouped(usage) -> None:
    columns = "account_id, model_id_raw, service_tier, request_count, tokens_reconcile, input_tokens, input_audio_tokens, cache_read_tokens, output_text_tokens, output_audio_tokens, reasoning_tokens, tags['organization_id']"
    query = f"select {columns} from staging.stg_openai__llm_calls where x_quarantine_reason is null and x_source_file like '%T0300/{{}}%' order by x_source_row_number"
    assert usage.sql(query.format("by-model")).fetchall() == [
        ("proj_a", "gpt-5-2025-08-07", "flex", 2, True, 3, None, 0, 550, None, None, "acme"),
        ("proj_b", "gpt-5-mini-2025-08-07", "batch", 2, True, 100, None, 900, 100, None, None, "acme"),
        ("proj_b", "gpt-5-mini-2025-08-07", "batch", 2, True, 60, 40, 900, 90, 10, None, "acme"),
    ]
    assert usage.sql(query.format("whole")).fetchall() == [(None, None, None, 2, True, 103, None, 900, 650, None, None, "acme")]
    assert usage.sql(query.format("embeddings")).fetchall() == [
        ("proj_a", "text-embedding-3-small", None, 3, None, 77, None, 0, 0, None, None, "acme"),
        (None, "gpt-4o-audio-preview", None, 1, None, 100, 25, 900, 100, 5, None, "acme"),  # older answers count text alone
    ]
    assert usage.sql("select distinct operation from staging.stg_openai__llm_calls where model_id_raw like 'text-embedding%'").fetchall() == [("embeddings",)]
    assert [reason.split(":")[0] for reason in reasons(usage, "openai")] == ["result_object is 'organization.usage.vector_stores.result'", "a token count is negative, or parts exceed the count that holds them"]


def test_anthropic_buckets_keep_workspace_context_geography_speed_and_searches(usage) -> None:
    found = usage.sql("""select account_id, service_tier, geo_scope, tags['context_window'], tags['inference_geo'], tags['speed'], request_units, cache_write_5m_tokens, cache_write_1h_tokens, principal_id, credential_id,
        request_count, tags['organization_id'], started_at, ended_at from staging.stg_anthropic__llm_calls where x_quarantine_reason is null order by x_source_row_number""").fetchall()
    assert [row[:12] for row in found] == [
        ("wrkspc_1", "standard", None, "0-200k", "not_available", "standard", Decimal(4), 12_304, 0, None, "apikey_1", None),
        ("wrkspc_2", "batch", "geo", "200k-1M", "us", None, Decimal(4), 0, 0, "user_1", None, None),
        ("wrkspc_1", "fast", "global", None, "global", "fast", Decimal(4), 0, 6, "svac_1", None, None),
    ]
    assert found[0][12:] == ("anthropic", datetime(2026, 8, 1), datetime(2026, 8, 2))
    assert [reason.split(":")[0] for reason in reasons(usage, "anthropic")] == ["a token count is negative"]


def test_apim_metrics_are_put_side_by_side_and_a_deployment_is_no_model(usage) -> None:
    found = usage.sql("""select credential_id, model_id_raw, inference_profile_arn, request_count, input_tokens, cache_read_tokens, output_text_tokens, tokens_reconcile, principal_id, provider, tags['product'], tags['client ip'], tags['team']
        from staging.stg_azure_apim__llm_calls where x_quarantine_reason is null order by started_at, credential_id""").fetchall()
    assert found == [
        ("sub-7", "gpt-5", None, 2, 100, 900, 100, True, "u-3", "azure", "gold", "10.0.0.1", "ops"),
        ("sub-8", "azure-deployment/gpt-4o", "azure-deployment/gpt-4o", 2, 70, 0, 30, False, None, "azure", None, None, None),
        ("sub-8", "azure-deployment/gpt-4o", "azure-deployment/gpt-4o", 1, 5, 0, 0, None, None, "azure", None, None, None),
        ("sub-9", "azure-deployment/house-large", "azure-deployment/house-large", 2, 21, 0, 0, None, None, "azure", None, None, None),
    ]
    assert [reason.split(",")[0].split(":")[0] for reason in reasons(usage, "azure_apim")] == ["only the sum of tokens was exported", "a token count is negative"]
    models = usage.sql("select distinct inference_profile_arn, model_id from intermediate.int_inference__buckets where inference_profile_arn is not null order by 1").fetchall()
    assert models == [("azure-deployment/gpt-4o", None), ("azure-deployment/house-large", "gpt-4.1")]  # the second by policy
    assert usage.sql("select model_id, input_tokens from intermediate.int_inference__usage_hourly where credential_id = 'sub-9'").fetchall() == [("gpt-4.1", 21)]


# Buckets beside call logs


def test_gotcha_15_groupings_widths_and_pulls_of_one_bucket_are_never_added(usage) -> None:
    query = """select regexp_extract(x_source_file, '([^/]+/[^/]+)$', 1), count(*), sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + output_tokens) from intermediate.int_inference__buckets
        where x_source = 'openai_usage' and coalesce(uncounted_reason, '') <> 'stated_by_another_pull' and usage_date = date '2026-08-01' group by all"""
    assert usage.sql(query).fetchall() == [("2026-08-05T0300/by-model.json", 2, sum(WRITES) + sum(READS))]
    complete = usage.sql("select account_id, input_tokens, is_counted from intermediate.int_inference__buckets where usage_date = date '2026-08-08' order by 1").fetchall()
    assert complete == [("proj_a", 10, True), ("proj_b", 11, True)]  # a pull of each project
    kept = usage.sql("select count(*), count(*) filter (where is_counted = (uncounted_reason is null)) from intermediate.int_inference__buckets where x_source = 'openai_usage'").fetchone()
    assert kept == (13, 13)


def test_calls_win_where_there_are_calls_and_buckets_count_where_there_are_none(usage) -> None:
    query = "select account_id, usage_date, uncounted_reason from intermediate.int_inference__buckets where x_source_file like '%T0300/by-model%' order by 2, 1"
    assert [(account, day.day, reason) for account, day, reason in usage.sql(query).fetchall()] == [
        ("proj_a", 1, "counted_from_call_logs"), ("proj_b", 1, None), ("proj_b", 2, "counted_from_call_logs"),
    ]
    counted = usage.sql("""select sum(calls), sum(input_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens), sum(output_tokens) from intermediate.int_inference__usage_hourly
        where provider = 'openai' and account_id = 'proj_b' and cast(usage_hour as date) = date '2026-08-01'""").fetchone()
    assert counted == (2, 100, 900, 0, 100)
    assert usage.sql("select sum(input_tokens) from intermediate.int_inference__usage_hourly where provider = 'openai' and account_id = 'proj_a' and cast(usage_hour as date) = date '2026-08-01'").fetchone()[0] == 3
    assert usage.sql("select count(*) from intermediate.int_inference__usage_hourly where provider = 'azure' and model_id_raw like 'azure-deployment%'").fetchone()[0] == 0  # Helicone logged Azure that day


def test_traffic_past_the_logs_shows_in_the_coverage(usage) -> None:
    found = usage.sql("select token_kind, usage_api_tokens, call_log_tokens, difference_tokens, difference_share, coverage from marts.usage_coverage_daily where usage_date = date '2026-08-02' and provider = 'openai' order by 1").fetchall()
    assert found == [("cache_read", 900, 900, 0, 0.0, "agrees"), ("input", 100, 50, 50, 0.5, "partly_logged"), ("output", 100, 100, 0, 0.0, "agrees")]
    alone = usage.sql("select account_id, model_id, usage_api_tokens, difference_share, coverage from marts.usage_coverage_daily where usage_date = date '2026-08-04' and token_kind = 'input' order by usage_api_tokens").fetchall()
    assert alone == [("unknown", "text-embedding-3-small", 77, 1.0, "not_logged"), ("unknown", "gpt-4o-audio-preview", 125, 1.0, "not_logged")]
    # Stores that keep no project were asked that day too: it is compared without it, and no difference is made of a missing name.
    first = usage.sql("select distinct account_id from marts.usage_coverage_daily where usage_date = date '2026-08-01' and provider = 'openai'").fetchall()
    assert first == [("unknown",)]
    totals = usage.sql("""select (select sum(usage_api_tokens) from marts.usage_coverage_daily), (select sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens)
        from intermediate.int_inference__buckets where coalesce(uncounted_reason, '') <> 'stated_by_another_pull')""").fetchone()
    assert totals[0] == totals[1] > 0
