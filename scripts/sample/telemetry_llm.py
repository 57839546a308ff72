"""Writes model-call telemetry in its native shapes: Bedrock invocation logs, LiteLLM spend logs, the canonical shape.

Bedrock logs leave cached tokens out of the input count; LiteLLM counts them in; the canonical rows say which they do.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from . import prices
from .bill_tokens import LOG_GAP_DAY, LOG_GAP_STREAM, bedrock_model_id
from .book import Book
from .company import BILLED_END_MS, MONTHS, day_number, generator, month_of
from .json_sql import literal, nested, number, obj, rows, text
from .writers import strings, timestamps, write_csv, write_lines, write_parquet

SLOPPY = 0.03   # share of calls whose tags come in odd case or with spaces


def sloppy(calls: pd.DataFrame, seed: int) -> np.ndarray:
    """Which calls carry untidy tags."""
    return generator(seed, 60).random(len(calls)) < SLOPPY


def tag_columns(calls: pd.DataFrame, seed: int) -> pd.DataFrame:
    """team, feature, env as the telemetry shows them: untidy for a few, partly or wholly missing for some."""
    untidy = sloppy(calls, seed)
    full, any_tag = calls["tagged"].eq("full"), calls["tagged"].ne("none")

    def shown(values, keep):
        values = np.where(untidy, values.str.title() + " ", values)
        return np.where(keep, values, None)

    return pd.DataFrame({
        "team": shown(calls["tag_team"], full), "feature": shown(calls["feature"], any_tag), "env": shown(calls["env"], any_tag),
    }, index=calls.index)


def moment_text(milliseconds) -> np.ndarray:
    """ISO text with milliseconds, UTC."""
    return np.char.add(np.datetime_as_string(np.asarray(milliseconds, dtype=np.int64).astype("datetime64[ms]"), unit="ms"), "Z")


def native_model(calls: pd.DataFrame) -> np.ndarray:
    """Model names as each platform's callers write them."""
    keys = calls[["provider", "model", "geo"]].drop_duplicates()
    names = {}
    for provider, model, geo in keys.itertuples(index=False):
        names[provider, model, geo] = {
            "aws": lambda m, g: bedrock_model_id(m, g), "azure": lambda m, g: prices.AZURE_IDS[m], "gcp": lambda m, g: m,
            "anthropic": lambda m, g: prices.ANTHROPIC_IDS[m],
        }[provider](model, geo)
    return np.array([names[k] for k in zip(calls["provider"], calls["model"], calls["geo"])], dtype=object)


def bedrock(calls: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    """Invocation logs per account, region and month. Some agent calls that OpenTelemetry also saw appear here with the same request id."""
    again = calls["source"].eq("otel") & calls["stream"].isin(["ticket_agent", "research_agent"]) & (generator(seed, 61).random(len(calls)) < 0.015)
    lost = calls["stream"].eq(LOG_GAP_STREAM) & calls["day"].eq(LOG_GAP_DAY)
    mine = calls[(calls["source"].eq("bedrock") | again) & ~lost].copy()
    mine[["team", "feature_tag", "env_tag"]] = tag_columns(calls, seed).loc[mine.index].to_numpy()
    mine["model_name"] = native_model(mine)
    profile = mine["geo"].ne("in_region") & (np.arange(len(mine)) % 3 == 0)
    mine["model_name"] = np.where(profile, "arn:aws:bedrock:" + mine["region"] + ":" + mine["account"] + ":inference-profile/" + mine["model_name"], mine["model_name"])
    mine["began"] = moment_text(mine["started_ms"].to_numpy() // 1000 * 1000)
    mine["began"] = [b.replace(".000Z", "Z") for b in mine["began"]]
    mine["arn"] = mine["principal"].where(mine["principal"].notna(), "arn:aws:sts::" + mine["account"] + ":assumed-role/svc-" + mine["stream"].str.replace("_", "-") + "/" + mine["stream"])
    good = "status = 'ok'"
    body = obj(
        literal('"schemaType":"ModelInvocationLog","schemaVersion":"1.0"'), text("timestamp", "began"), text("accountId", "account"), nested("identity", text("arn", "arn")),
        text("region", "region"), text("requestId", "call_id"), text("operation", "case when op = 'embeddings' then 'InvokeModel' else 'Converse' end"),
        text("modelId", "model_name"), literal('"errorCode":"ThrottlingException"', "status = 'error'"),
        nested("input", literal('"inputContentType":"application/json"'), number("inputTokenCount", "input", good),
               number("cacheReadInputTokenCount", "cache_read", "cache_read > 0"), number("cacheWriteInputTokenCount", "cache_write_5m", "cache_write_5m > 0")),
        nested("output", literal('"outputContentType":"application/json"'), number("outputTokenCount", "output"), when=good),
        nested("requestMetadata", text("team", "team"), text("feature", "feature_tag"), text("env", "env_tag"), text("session_id", '"session"'), text("agent_name", "agent"),
               text("step_name", "step"), when="coalesce(team, feature_tag, env_tag) is not null"),
    )
    lines = rows(connection, mine, body)
    months = np.array([month_of(d) for d in mine["day"]])
    for (account, region, month), places in mine.assign(month=months, place=np.arange(len(mine))).groupby(["account", "region", "month"])["place"]:
        year_month = f"2026/{8 + month:02d}"
        path = root / "bedrock_invocation_logs" / "AWSLogs" / account / "BedrockModelInvocationLogs" / region / year_month / f"2026{8 + month:02d}T000000000Z_{account[-4:]}c0ffee.json.gz"
        write_lines([lines[p] for p in places.tolist()], path)
    book.plant("same_call_twice", "bedrock_invocation_logs and otel_spans, same request and response id", "agent calls seen by two instruments: count once", None, None,
               calls=int(again.sum()))


def litellm(calls: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    """LiteLLM_SpendLogs dumps per month: inclusive prompt tokens, cache detail inside metadata, gateway cache hits that cost nothing."""
    mine = calls[calls["source"].eq("litellm")].copy()
    mine["model_name"] = native_model(mine)
    mine["prompt"] = mine[["input", "cache_read", "cache_write_5m", "cache_write_1h"]].sum(axis=1)
    mine["written"] = mine["cache_write_5m"] + mine["cache_write_1h"]
    for column, source in (("began", mine["started_ms"]), ("until", mine["started_ms"] + mine["duration_ms"])):
        mine[column] = moment_text(source)
    usage = prices.token_prices().query("provider == 'anthropic'").set_index(["model", "kind"])["price"].to_dict()
    spend = sum(mine[kind].to_numpy() * np.array([usage[m, kind] for m in mine["model"]]) for kind in prices.KINDS)
    mine["spend"] = np.where(mine["gateway_hit"], 0, spend) / 1e12   # the gateway's own float; the bill is what counts
    usage_object = nested(
        "usage_object", number("prompt_tokens", "prompt"), number("completion_tokens", "output"), number("cache_read_input_tokens", "cache_read"),
        number("cache_creation_input_tokens", "written"),
        nested("cache_creation", number("ephemeral_5m_input_tokens", "cache_write_5m"), number("ephemeral_1h_input_tokens", "cache_write_1h")))
    body = obj(
        text("request_id", "call_id"), literal('"call_type":"acompletion"'), text("api_key", "credential"), number("spend", "spend"), number("total_tokens", "(prompt + output)"),
        number("prompt_tokens", "prompt"), number("completion_tokens", "output"), text("startTime", "began"), text("endTime", "until"), text("model", "model_name"),
        text("model_group", "model_name"), literal('"custom_llm_provider":"anthropic","api_base":"https://api.anthropic.com"'),
        text("cache_hit", "case when gateway_hit then 'True' else 'False' end"), text("status", "case when status = 'error' then 'failure' else 'success' end"),
        text("session_id", '"session"'), text("agent_id", "agent"), literal('"team_id":null,"end_user":"","request_tags":"[]"'),
        nested("metadata", usage_object, nested("spend_logs_metadata", text("agent_name", "agent"), text("step_name", "step"), when="agent is not null")),
    )
    lines = rows(connection, mine, body)
    months = np.array([month_of(d) for d in mine["day"]])
    for month in sorted(set(months.tolist())):
        write_lines([lines[p] for p in np.flatnonzero(months == month).tolist()], root / "litellm_spend_logs" / f"spend_logs_2026{8 + month:02d}.jsonl.gz")
    book.plant("deleted_key", "litellm_spend_logs api_key hash-9c1f0a7be2d4", "no tags: an owner rule knows the key until it was deleted on 2026-09-18", "growth", None,
               calls=int(mine["stream"].eq("copy_keys_old").sum()))
    book.plant("gateway_cache_hits", "litellm_spend_logs with cache_hit True", "tokens the provider never saw: no cost", "growth", 0, calls=int(mine["gateway_hit"].sum()))


def canonical(calls: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    """llm_calls: Parquet by month, one late CSV delivery, and the newest days as JSON lines."""
    mine = calls[calls["source"].eq("canonical")].copy()
    tags = tag_columns(calls, seed).loc[mine.index]
    inclusive = mine["provider"].eq("gcp").to_numpy()
    prompt = np.where(inclusive, mine[["input", "cache_read", "cache_write_5m", "cache_write_1h"]].sum(axis=1), mine["input"])
    tag_text = [json.dumps({k: v for k, v in zip(("team", "feature", "env"), row) if v is not None}) for row in tags.itertuples(index=False)]
    table = pa.table({
        "call_id": strings(mine["call_id"]), "provider": strings(mine["provider"]), "platform": strings(mine["platform"]), "account_id": strings(mine["account"]),
        "credential_id": strings(mine["credential"]), "principal_id": strings(mine["principal"]), "region": strings(mine["region"]), "geo_scope": strings(mine["geo"]),
        "model": strings(native_model(mine)), "service_tier": strings(mine["tier"]), "operation": strings(mine["op"]), "started_at": timestamps(mine["started_ms"]),
        "ended_at": timestamps(mine["started_ms"] + mine["duration_ms"]), "status": strings(mine["status"]), "is_gateway_cache_hit": pa.array(mine["gateway_hit"].astype(bool)),
        "token_convention": strings(np.where(inclusive, "inclusive", "exclusive")), "input_tokens": pa.array(prompt.astype(np.int64)),
        "cache_read_tokens": pa.array(mine["cache_read"].to_numpy(np.int64)), "cache_write_5m_tokens": pa.array(mine["cache_write_5m"].to_numpy(np.int64)),
        "cache_write_1h_tokens": pa.array(mine["cache_write_1h"].to_numpy(np.int64)), "output_tokens": pa.array(mine["output"].to_numpy(np.int64)),
        "reasoning_tokens": pa.array(mine["reasoning"].to_numpy(np.int64)), "retrieved_context_tokens": pa.array(mine["retrieved"].to_numpy(np.int64)),
        "reported_cost_usd": pa.nulls(len(mine), pa.decimal128(38, 12)), "agent_session_id": strings(mine["session"]), "agent_name": strings(mine["agent"]),
        "step_name": strings(mine["step"]), "trace_id": pa.nulls(len(mine), pa.string()), "span_id": pa.nulls(len(mine), pa.string()),
        "parent_span_id": pa.nulls(len(mine), pa.string()), "tags": pa.array(tag_text),
    })
    day = mine["day"].to_numpy()
    first = day_number(MONTHS[1])
    late = (mine["stream"].eq("contract_qa") & (day >= first + 17) & (day < first + 20)).to_numpy()
    newest = mine["started_ms"].to_numpy() >= BILLED_END_MS
    months = np.array([month_of(d) for d in day])
    folder = root / "llm_calls"
    for month in sorted(set(months[~newest].tolist())):
        keep = (months == month) & ~late & ~newest
        write_parquet(table.filter(pa.array(keep)), folder / f"month=2026-{8 + month:02d}" / "calls-00000.parquet")
    write_csv(table.filter(pa.array(late)), folder / "delivery=20261012" / "calls_late.csv", connection)
    latest = table.filter(pa.array(newest)).to_pandas()
    for column in ("started_at", "ended_at"):
        latest[column] = moment_text(latest[column].to_numpy().astype("datetime64[ms]").astype(np.int64))
    lines = [json.dumps({k: v for k, v in row.items() if v is not None and v == v}) for row in latest.to_dict("records")]
    write_lines(lines, folder / "month=2026-11" / "calls-00000.jsonl")
    book.plant("late_telemetry", "llm_calls/delivery=20261012", "calls of 18 to 20 September that arrive after the month was billed", "docs", None, calls=int(late.sum()))
    book.plant("renamed_team", "tags team=search in October", "search is discovery from 2026-10-01; tags keep the old name", "discovery", None, valid_from="2026-10-01")
    book.plant("untidy_tags", "tags in bedrock, otel and canonical telemetry", "odd case and trailing spaces", None, None, share=SLOPPY)
    book.plant("unbilled_days", "telemetry of 2026-11-01 and 2026-11-02", "no bill yet: estimates", None, None, calls=int((calls["started_ms"] >= BILLED_END_MS).sum()))
