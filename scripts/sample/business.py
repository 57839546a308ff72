"""Writes agent runs and business outcomes: what the features achieved."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .book import Book
from .company import BILLED_END_MS, TELEMETRY_END_MS, generator, tags
from .money import decimals
from .writers import strings, timestamps, write_csv, write_parquet


def agent_runs(calls: pd.DataFrame, seed: int, root: Path) -> pd.DataFrame:
    """One row per agent session, as the agent runtime reports it."""
    mine = calls[calls["session"].notna()]
    runs = (
        mine.groupby("session", sort=True)
        .agg(
            agent=("agent", "first"),
            stream=("stream", "first"),
            tag_team=("tag_team", "first"),
            feature=("feature", "first"),
            start=("started_ms", "min"),
            last=("started_ms", "max"),
            calls=("call_id", "size"),
            errors=("status", lambda s: int((s == "error").sum())),
        )
        .reset_index()
    )
    runs["end"] = runs["last"] + 30_000
    runs = runs.sort_values(["start", "session"], kind="stable").reset_index(drop=True)
    rng = generator(seed, 80)
    status = np.where(runs["calls"] > 300, "aborted", np.where(rng.random(len(runs)) < 0.05, "failed", "completed"))
    write_parquet(
        pa.table(
            {
                "agent_session_id": strings(runs["session"]),
                "agent_name": strings(runs["agent"]),
                "task_id": strings(["task-" + s[-6:] for s in runs["session"]]),
                "started_at": timestamps(runs["start"]),
                "ended_at": timestamps(runs["end"]),
                "status": strings(status),
                "calls_reported": pa.array(runs["calls"]),
                "reported_cost_usd": pa.nulls(len(runs), pa.decimal128(38, 12)),
                "tags": strings([tags(team=t, feature=f) for t, f in zip(runs["tag_team"], runs["feature"])]),
            }
        ),
        root / "agent_runs" / "agent_runs.parquet",
    )
    return runs.assign(status=status)


def outcomes(calls: pd.DataFrame, runs: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> pd.DataFrame:
    """Business events: tickets, reviews, documents. A few arrive twice, some succeed, some do not."""
    rng = generator(seed, 81)
    parts = []
    for stream, kind, rate, value in (("ticket_agent", "ticket_resolved", 0.78, 6), ("code_review_agent", "code_review_completed", 0.84, 22)):
        mine = runs[runs["stream"].eq(stream)]
        done = rng.random(len(mine)) < rate
        done &= mine["status"].eq("completed").to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "type": kind,
                    "feature": mine["feature"],
                    "team": mine["tag_team"],
                    "at": mine["end"] + rng.integers(60_000, 7_200_000, len(mine)),
                    "success": done,
                    "session": mine["session"],
                    "value": np.where(done, value, 0),
                }
            )
        )
    docs = calls[calls["stream"].isin(["nightly_documents"]) & calls["status"].eq("ok")]
    parts.append(
        pd.DataFrame(
            {
                "type": "document_processed",
                "feature": "doc_processing",
                "team": "docs",
                "at": docs["started_ms"] + docs["duration_ms"],
                "success": rng.random(len(docs)) < 0.97,
                "session": None,
                "value": 1,
            }
        )
    )
    events = pd.concat(parts, ignore_index=True).sort_values(["at", "type", "session"], kind="stable").reset_index(drop=True)
    events = events[events["at"] < TELEMETRY_END_MS].reset_index(drop=True)
    events["id"] = [f"out-{n:06d}" for n in range(len(events))]
    twice = events.iloc[100::400]
    table_rows = pd.concat([events, twice], ignore_index=True)
    table = pa.table(
        {
            "outcome_id": strings(table_rows["id"]),
            "outcome_type": strings(table_rows["type"]),
            "feature": strings(table_rows["feature"]),
            "team": strings(table_rows["team"]),
            "occurred_at": timestamps(table_rows["at"]),
            "success": pa.array(table_rows["success"].astype(bool)),
            "agent_session_id": strings(table_rows["session"]),
            "value": decimals(table_rows["value"].to_numpy() * 100, 2),
        }
    )
    billed = table_rows["at"].to_numpy() < BILLED_END_MS
    write_csv(table.filter(pa.array(billed)), root / "outcomes" / "outcomes_2026q3.csv", connection)
    write_csv(table.filter(pa.array(~billed)), root / "outcomes" / "outcomes_2026-11.csv", connection)
    book.plant("outcome_twice", "outcomes with the same outcome_id", "delivered twice: count once", None, None, rows=len(twice))
    return events
