"""Writes the canonical llm_calls: batch and cached traffic no native log of ours can describe, one delivery that comes late, and the newest days."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .book import Book
from .company import BILLED_END_MS, MONTHS, day_number, month_of
from .telemetry_llm import SLOPPY, moment_text, native_model, tag_columns
from .writers import strings, timestamps, write_csv, write_lines, write_parquet


def write(calls: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    """llm_calls: Parquet by month, one late CSV delivery, and the newest days as JSON lines."""
    mine = calls[calls["source"].eq("canonical")].copy()
    tags = tag_columns(calls, seed).loc[mine.index]
    inclusive = mine["provider"].eq("gcp").to_numpy()
    prompt = np.where(inclusive, mine[["input", "cache_read", "cache_write_5m", "cache_write_1h"]].sum(axis=1), mine["input"])
    tag_text = [json.dumps({k: v for k, v in zip(("team", "feature", "env"), row) if v is not None}) for row in tags.itertuples(index=False)]
    table = pa.table(
        {
            "call_id": strings(mine["call_id"]),
            "provider": strings(mine["provider"]),
            "platform": strings(mine["platform"]),
            "account_id": strings(mine["account"]),
            "credential_id": strings(mine["credential"]),
            "principal_id": strings(mine["principal"]),
            "region": strings(mine["region"]),
            "geo_scope": strings(mine["geo"]),
            "model": strings(native_model(mine)),
            "service_tier": strings(mine["tier"]),
            "operation": strings(mine["op"]),
            "started_at": timestamps(mine["started_ms"]),
            "ended_at": timestamps(mine["started_ms"] + mine["duration_ms"]),
            "status": strings(mine["status"]),
            "is_gateway_cache_hit": pa.array(mine["gateway_hit"].astype(bool)),
            "token_convention": strings(np.where(inclusive, "inclusive", "exclusive")),
            "input_tokens": pa.array(prompt.astype(np.int64)),
            "cache_read_tokens": pa.array(mine["cache_read"].to_numpy(np.int64)),
            "cache_write_5m_tokens": pa.array(mine["cache_write_5m"].to_numpy(np.int64)),
            "cache_write_1h_tokens": pa.array(mine["cache_write_1h"].to_numpy(np.int64)),
            "output_tokens": pa.array(mine["output"].to_numpy(np.int64)),
            "reasoning_tokens": pa.array(mine["reasoning"].to_numpy(np.int64)),
            "retrieved_context_tokens": pa.array(mine["retrieved"].to_numpy(np.int64)),
            "reported_cost_usd": pa.nulls(len(mine), pa.decimal128(38, 12)),
            "agent_session_id": strings(mine["session"]),
            "agent_name": strings(mine["agent"]),
            "step_name": strings(mine["step"]),
            "trace_id": pa.nulls(len(mine), pa.string()),
            "span_id": pa.nulls(len(mine), pa.string()),
            "parent_span_id": pa.nulls(len(mine), pa.string()),
            "tags": pa.array(tag_text),
        }
    )
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
    book.plant(
        "late_telemetry",
        "llm_calls/delivery=20261012",
        "calls of 18 to 20 September that arrive after the month was billed",
        "docs",
        None,
        calls=int(late.sum()),
    )
    book.plant(
        "renamed_team", "tags team=search in October", "search is discovery from 2026-10-01; tags keep the old name", "discovery", None, valid_from="2026-10-01"
    )
    book.plant("untidy_tags", "tags in bedrock, otel and canonical telemetry", "odd case and trailing spaces", None, None, share=SLOPPY)
    book.plant(
        "unbilled_days", "telemetry of 2026-11-01 and 2026-11-02", "no bill yet: estimates", None, None, calls=int((calls["started_ms"] >= BILLED_END_MS).sum())
    )
