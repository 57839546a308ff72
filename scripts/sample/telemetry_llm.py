"""Writes model-call telemetry in its native shapes: Bedrock invocation logs and LiteLLM spend logs.

Bedrock logs leave cached tokens out of the input count; LiteLLM counts them in.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from . import prices
from .bill_tokens import LOG_GAP_DAY, LOG_GAP_STREAM, bedrock_model_id
from .book import Book
from .company import generator, month_of
from .json_sql import literal, nested, number, obj, rows, text
from .writers import write_lines

SLOPPY = 0.03  # share of calls whose tags come in odd case or with spaces


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

    return pd.DataFrame(
        {"team": shown(calls["tag_team"], full), "feature": shown(calls["feature"], any_tag), "env": shown(calls["env"], any_tag)}, index=calls.index
    )


def moment_text(milliseconds) -> np.ndarray:
    """ISO text with milliseconds, UTC."""
    return np.char.add(np.datetime_as_string(np.asarray(milliseconds, dtype=np.int64).astype("datetime64[ms]"), unit="ms"), "Z")


def native_model(calls: pd.DataFrame) -> np.ndarray:
    """Model names as each platform's callers write them."""
    keys = calls[["provider", "model", "geo"]].drop_duplicates()
    names = {}
    for provider, model, geo in keys.itertuples(index=False):
        names[provider, model, geo] = {
            "aws": lambda m, g: bedrock_model_id(m, g),
            "azure": lambda m, g: prices.AZURE_IDS[m],
            "gcp": lambda m, g: m,
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
    mine["model_name"] = np.where(
        profile, "arn:aws:bedrock:" + mine["region"] + ":" + mine["account"] + ":inference-profile/" + mine["model_name"], mine["model_name"]
    )
    mine["began"] = moment_text(mine["started_ms"].to_numpy() // 1000 * 1000)
    mine["began"] = [b.replace(".000Z", "Z") for b in mine["began"]]
    mine["arn"] = mine["principal"].where(
        mine["principal"].notna(), "arn:aws:sts::" + mine["account"] + ":assumed-role/svc-" + mine["stream"].str.replace("_", "-") + "/" + mine["stream"]
    )
    good = "status = 'ok'"
    body = obj(
        literal('"schemaType":"ModelInvocationLog","schemaVersion":"1.0"'),
        text("timestamp", "began"),
        text("accountId", "account"),
        nested("identity", text("arn", "arn")),
        text("region", "region"),
        text("requestId", "call_id"),
        text("operation", "case when op = 'embeddings' then 'InvokeModel' else 'Converse' end"),
        text("modelId", "model_name"),
        literal('"errorCode":"ThrottlingException"', "status = 'error'"),
        nested(
            "input",
            literal('"inputContentType":"application/json"'),
            number("inputTokenCount", "input", good),
            number("cacheReadInputTokenCount", "cache_read", "cache_read > 0"),
            number("cacheWriteInputTokenCount", "cache_write_5m", "cache_write_5m > 0"),
        ),
        nested("output", literal('"outputContentType":"application/json"'), number("outputTokenCount", "output"), when=good),
        nested(
            "requestMetadata",
            text("team", "team"),
            text("feature", "feature_tag"),
            text("env", "env_tag"),
            text("session_id", '"session"'),
            text("agent_name", "agent"),
            text("step_name", "step"),
            when="coalesce(team, feature_tag, env_tag) is not null",
        ),
    )
    lines = rows(connection, mine, body)
    months = np.array([month_of(d) for d in mine["day"]])
    for (account, region, month), places in mine.assign(month=months, place=np.arange(len(mine))).groupby(["account", "region", "month"])["place"]:
        year_month = f"2026/{8 + month:02d}"
        path = (
            root
            / "bedrock_invocation_logs"
            / "AWSLogs"
            / account
            / "BedrockModelInvocationLogs"
            / region
            / year_month
            / f"2026{8 + month:02d}T000000000Z_{account[-4:]}c0ffee.json.gz"
        )
        write_lines([lines[p] for p in places.tolist()], path)
    book.plant(
        "same_call_twice",
        "bedrock_invocation_logs and otel_spans, same request and response id",
        "agent calls seen by two instruments: count once",
        None,
        None,
        calls=int(again.sum()),
    )


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
    mine["spend"] = np.where(mine["gateway_hit"], 0, spend) / 1e12  # the gateway's own float; the bill is what counts
    usage_object = nested(
        "usage_object",
        number("prompt_tokens", "prompt"),
        number("completion_tokens", "output"),
        number("cache_read_input_tokens", "cache_read"),
        number("cache_creation_input_tokens", "written"),
        nested("cache_creation", number("ephemeral_5m_input_tokens", "cache_write_5m"), number("ephemeral_1h_input_tokens", "cache_write_1h")),
    )
    body = obj(
        text("request_id", "call_id"),
        literal('"call_type":"acompletion"'),
        text("api_key", "credential"),
        number("spend", "spend"),
        number("total_tokens", "(prompt + output)"),
        number("prompt_tokens", "prompt"),
        number("completion_tokens", "output"),
        text("startTime", "began"),
        text("endTime", "until"),
        text("model", "model_name"),
        text("model_group", "model_name"),
        literal('"custom_llm_provider":"anthropic","api_base":"https://api.anthropic.com"'),
        text("cache_hit", "case when gateway_hit then 'True' else 'False' end"),
        text("status", "case when status = 'error' then 'failure' else 'success' end"),
        text("session_id", '"session"'),
        text("agent_id", "agent"),
        literal('"team_id":null,"end_user":"","request_tags":"[]"'),
        nested("metadata", usage_object, nested("spend_logs_metadata", text("agent_name", "agent"), text("step_name", "step"), when="agent is not null")),
    )
    lines = rows(connection, mine, body)
    months = np.array([month_of(d) for d in mine["day"]])
    for month in sorted(set(months.tolist())):
        write_lines([lines[p] for p in np.flatnonzero(months == month).tolist()], root / "litellm_spend_logs" / f"spend_logs_2026{8 + month:02d}.jsonl.gz")
    book.plant(
        "deleted_key",
        "litellm_spend_logs api_key hash-9c1f0a7be2d4",
        "no tags: an owner rule knows the key until it was deleted on 2026-09-18",
        "growth",
        None,
        calls=int(mine["stream"].eq("copy_keys_old").sum()),
    )
    book.plant(
        "gateway_cache_hits",
        "litellm_spend_logs with cache_hit True",
        "tokens the provider never saw: no cost",
        "growth",
        0,
        calls=int(mine["gateway_hit"].sum()),
    )
