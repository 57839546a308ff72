"""Writes OpenTelemetry GenAI spans: OTLP JSON lines with agent and tool spans around the calls, and a flattened Parquet.

Input tokens include cached ones, as the convention says. Parent spans repeat their children's usage on purpose: only leaves count.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .book import Book
from .company import generator, month_of
from .json_sql import array, attribute, literal, obj, rows, text
from .telemetry_llm import native_model, tag_columns
from .writers import strings, timestamps, write_lines, write_parquet

SPANS_PER_LINE = 40


def _spans(calls: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Leaf spans, and for agent sessions one invoke_agent span over them and tool spans beside them."""
    rng = generator(seed, 70)
    leaves = calls[calls["source"].eq("otel")].copy()
    leaves[["team_tag", "feature_tag", "env_tag"]] = tag_columns(calls, seed).loc[leaves.index].to_numpy()
    leaves["model_name"] = native_model(leaves)
    leaves["prompt"] = leaves[["input", "cache_read", "cache_write_5m"]].sum(axis=1)
    leaves["span"] = [f"{n:016x}" for n in rng.integers(1, 1 << 62, len(leaves)).tolist()]
    key = leaves["session"].where(leaves["session"].notna(), leaves["call_id"])
    codes, _ = pd.factorize(key)
    traces = np.array(
        [f"{a:016x}{b:016x}" for a, b in zip(rng.integers(1, 1 << 62, codes.max() + 1).tolist(), rng.integers(1, 1 << 62, codes.max() + 1).tolist())],
        dtype=object,
    )
    leaves["trace"] = traces[codes]
    leaves["span_op"], leaves["parent"], leaves["repeat"] = "chat", None, 0
    # A tool call beside each tool step, and an agent span that repeats the sum of its children.
    tools = leaves[leaves["step"].eq("tool_use")].assign(span_op="execute_tool")
    tools["span"] = [f"{n:016x}" for n in rng.integers(1, 1 << 62, len(tools)).tolist()]
    tools["started_ms"] += 15
    agents = (
        leaves[leaves["session"].notna()]
        .groupby("session", sort=True)
        .agg(
            {c: "first" for c in leaves.columns if c not in ("session", "prompt", "output", "duration_ms")}
            | {"prompt": "sum", "output": "sum", "duration_ms": "sum"}
        )
        .reset_index()
    )
    agents = agents.assign(span_op="invoke_agent")
    agents["span"] = [f"{n:016x}" for n in rng.integers(1, 1 << 62, len(agents)).tolist()]
    parent = agents.set_index("session")["span"]
    for frame in (leaves, tools):
        frame["parent"] = frame["session"].map(parent)
    # Two instrumentors on one service: the same response id in two spans.
    twins = leaves[leaves["stream"].eq("chat_api") & (rng.random(len(leaves)) < 0.01)].copy()
    twins["span"] = [f"{n:016x}" for n in rng.integers(1, 1 << 62, len(twins)).tolist()]
    spans = pd.concat([leaves, tools, agents, twins], ignore_index=True)
    spans["service"] = spans["stream"].str.replace("_", "-")
    return spans.sort_values(["started_ms", "span"], kind="stable").reset_index(drop=True), len(twins)


def _span_sql() -> str:
    # One service, query_rewrite, is still instrumented with the older attribute names.
    old, call = "stream = 'query_rewrite'", "span_op in ('chat', 'invoke_agent')"
    good, leaf = f"status = 'ok' and {call}", "span_op = 'chat'"
    return obj(
        text("traceId", "trace"),
        text("spanId", "span"),
        text("parentSpanId", "parent"),
        text("name", "span_op || case when span_op = 'chat' then ' ' || model_name else '' end"),
        literal('"kind":3'),
        text("startTimeUnixNano", "cast(started_ms as varchar) || '000000'"),
        text("endTimeUnixNano", "cast(started_ms + duration_ms as varchar) || '000000'"),
        array(
            "attributes",
            attribute("gen_ai.operation.name", "span_op"),
            attribute("gen_ai.provider.name", "'aws.bedrock'", when=f"not ({old})"),
            attribute("gen_ai.system", "'aws.bedrock'", when=old),
            attribute("gen_ai.request.model", "model_name", when=call),
            attribute("gen_ai.response.id", "call_id", when=leaf),
            attribute("gen_ai.usage.input_tokens", "prompt", "intValue", f"{good} and not ({old})"),
            attribute("gen_ai.usage.output_tokens", "output", "intValue", f"{good} and not ({old})"),
            attribute("gen_ai.usage.prompt_tokens", "prompt", "intValue", f"{good} and {old}"),
            attribute("gen_ai.usage.completion_tokens", "output", "intValue", f"{good} and {old}"),
            attribute("gen_ai.usage.cache_read.input_tokens", "cache_read", "intValue", f"{leaf} and cache_read > 0"),
            attribute("gen_ai.usage.cache_creation.input_tokens", "cache_write_5m", "intValue", f"{leaf} and cache_write_5m > 0"),
            attribute("gen_ai.conversation.id", '"session"'),
            attribute("gen_ai.agent.name", "agent"),
            attribute("gen_ai.workflow.step", "step"),
            attribute("gen_ai.tool.name", "'search_index'", when="span_op = 'execute_tool'"),
            attribute("apportion.retrieved_context_tokens", "retrieved", "intValue", "retrieved > 0"),
            attribute("team", "team_tag"),
            attribute("feature", "feature_tag"),
            attribute("deployment.environment.name", "env_tag"),
            attribute("error.type", "'ThrottlingException'", when="status = 'error'"),
        ),
        literal('"status":{"code":2}', "status = 'error'"),
        literal('"status":{"code":1}', "status <> 'error'"),
    )


def otlp(calls: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    """OTLP JSON lines per month; each line holds spans of one service, account and region."""
    spans, twins = _spans(calls, seed)
    texts = np.array(rows(connection, spans, _span_sql()), dtype=object)
    months = np.array([month_of(d) for d in spans["day"]])
    for month in sorted(set(months.tolist())):
        lines = []
        mine = spans[months == month]
        for (service, account, region), part in mine.groupby(["service", "account", "region"], sort=True):
            resource = ",".join(
                f'{{"key":"{k}","value":{{"stringValue":"{v}"}}}}'
                for k, v in (("service.name", service), ("cloud.provider", "aws"), ("cloud.account.id", account), ("cloud.region", region))
            )
            places = part.index.to_numpy()
            for start in range(0, len(places), SPANS_PER_LINE):
                body = ",".join(texts[places[start : start + SPANS_PER_LINE]])
                lines.append(
                    f'{{"resourceSpans":[{{"resource":{{"attributes":[{resource}]}},"scopeSpans":[{{"scope":{{"name":"opentelemetry.instrumentation.genai"}},"spans":[{body}]}}]}}]}}'
                )
        write_lines(lines, root / "otel_spans" / "otlp" / f"traces-2026-{8 + month:02d}.jsonl.gz")
    book.plant(
        "parent_spans_repeat_usage",
        "otel_spans invoke_agent spans",
        "the agent span repeats the sum of its calls: count leaves only",
        None,
        None,
        spans=int(spans["span_op"].eq("invoke_agent").sum()),
    )
    book.plant("instrumented_twice", "otel_spans with the same gen_ai.response.id", "two instrumentors on one service", "support", None, spans=twins)


def flattened(calls: pd.DataFrame, seed: int, root: Path) -> None:
    """One row per span, attributes as columns: what the Azure services export."""
    mine = calls[calls["source"].eq("otel_flat")].copy()
    tags = tag_columns(calls, seed).loc[mine.index]
    rng = generator(seed, 71)
    good = mine["status"].eq("ok")

    def tokens(values, keep):
        return pa.array(np.asarray(values, dtype=np.int64), mask=~np.asarray(keep, dtype=bool))

    columns = {
        "trace_id": pa.array([f"{a:032x}" for a in rng.integers(1, 1 << 62, len(mine)).tolist()]),
        "span_id": pa.array([f"{a:016x}" for a in rng.integers(1, 1 << 62, len(mine)).tolist()]),
        "parent_span_id": pa.nulls(len(mine), pa.string()),
        "name": strings(mine["op"]),
        "start_time": timestamps(mine["started_ms"]),
        "end_time": timestamps(mine["started_ms"] + mine["duration_ms"]),
        "status_code": strings(np.where(good, "OK", "ERROR")),
        "gen_ai.operation.name": strings(mine["op"]),
        "gen_ai.provider.name": strings(np.full(len(mine), "azure.ai.openai", dtype=object)),
        "gen_ai.request.model": strings(mine["model"].map({"embed-small": "text-embedding-3-small"}).fillna(mine["model"])),
        "gen_ai.response.model": strings(native_model(mine)),
        "gen_ai.response.id": strings(["chatcmpl-" + c.replace("-", "")[:24] for c in mine["call_id"]]),
        "gen_ai.usage.input_tokens": tokens(mine["input"] + mine["cache_read"], good),
        "gen_ai.usage.output_tokens": tokens(mine["output"], good & (mine["op"] == "chat")),
        "gen_ai.usage.cache_read.input_tokens": tokens(mine["cache_read"], good & (mine["cache_read"] > 0)),
        "apportion.geo_scope": strings(mine["geo"]),
        "cloud.account.id": strings(mine["account"]),
        "cloud.region": strings(mine["region"]),
        "service.name": strings(mine["stream"].str.replace("_", "-")),
        "team": strings(tags["team"]),
        "feature": strings(tags["feature"]),
        "deployment.environment": strings(tags["env"]),
    }
    table = pa.table(columns)
    months = np.array([month_of(d) for d in mine["day"]])
    for month in sorted(set(months.tolist())):
        write_parquet(table.filter(pa.array(months == month)), root / "otel_spans" / "azure" / f"month=2026-{8 + month:02d}" / "spans-00000.parquet")
