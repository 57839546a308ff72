"""Simulates vector search: queries by caller, indexes by day (OpenSearch Serverless, Pinecone, Vertex AI)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .company import DAY_MS, DAYS, GCP_PROJECT, HOUR_MS, PINECONE_ORG, START_MS, TELEMETRY_END_MS, day_ms, generator, is_weekend, month_of, owner_on, tags

# engine, provider, account, region, index, owner label, owner feature, GiB at start, GiB a day, indexing units a day, shared on its own line
# fmt: off
INDEXES = [
    ("opensearch_serverless", "aws", "210000000001", "us-east-1", "kb-shared", "support", "chat_rag", 180, 0.5, 40),
    ("opensearch_serverless", "aws", "210000000001", "us-east-1", "products", "search", "semantic_search", 420, 1.0, 90),
    ("opensearch_serverless", "aws", "210000000002", "us-west-2", "docs-archive", "docs", "doc_processing", 260, 0.25, 30),
    ("pinecone", "pinecone", PINECONE_ORG, "us-east-1", "catalog", "search", "semantic_search", 310, 1.5, 900_000),
    ("pinecone", "pinecone", PINECONE_ORG, "us-east-1", "kb-support", "support", "chat_rag", 95, 0.25, 250_000),
    ("vertex_vector_search", "gcp", GCP_PROJECT, "us-central1", "contracts", "docs", "contract_qa", 60, 0.125, 10),
]
# fmt: on
# index, caller's team label, feature, weekday queries by month, query units (low, high), session share
# fmt: off
CALLERS = [
    ("kb-shared", "support", "chat_rag", (70, 72, 74, 74), (1, 4), None),
    ("kb-shared", "support", "ticket_agent", (20, 20, 21, 21), (1, 6), "ticket_agent"),
    ("kb-shared", "search", "research_agent", (14, 14, 55, 55), (2, 9), "research_agent"),
    ("products", "search", "semantic_search", (60, 62, 105, 105), (1, 3), None),
    ("products", "growth", "taglines", (9, 9, 9, 9), (1, 3), None),
    ("docs-archive", "docs", "doc_processing", (12, 12, 12, 12), (1, 5), None),
    ("catalog", "search", "semantic_search", (40, 42, 70, 70), (9_000, 60_000), None),
    ("catalog", "growth", "campaign_copy", (10, 10, 11, 11), (9_000, 60_000), None),
    ("kb-support", "support", "chat_rag", (26, 27, 28, 28), (4_000, 22_000), None),
    ("contracts", "docs", "contract_qa", (16, 16, 17, 17), (1, 2), None),
    ("contracts", "growth", "campaign_copy", (4, 4, 4, 4), (1, 2), None),
]
# fmt: on
OCUS = {"210000000001": ((26, 26, 34, 34), 8), "210000000002": ((2, 2, 2, 2), 2)}  # search OCUs by month, indexing OCUs
INDEX = {row[4]: row for row in INDEXES}


def queries(seed: int, size: float, calls: pd.DataFrame) -> pd.DataFrame:
    """One row per vector query, ordered by time. A few carry no tags: an owner rule knows their index."""
    parts = []
    for number, (index, team, feature, rates, units, agent_stream) in enumerate(CALLERS):
        rng = generator(seed, 20, number)
        quiet = 0.0 if index == "docs-archive" else 0.4
        expected = [rates[month_of(d)] * size * (quiet if is_weekend(d) else 1) for d in range(DAYS)]
        days = np.repeat(np.arange(DAYS), rng.poisson(expected))
        frame = pd.DataFrame(
            {
                "index": index,
                "tag_team": team,
                "feature": feature,
                "at_ms": day_ms(days) + rng.integers(6 * HOUR_MS, 22 * HOUR_MS, len(days)),
                "units": rng.integers(units[0], units[1] + 1, len(days)),
                "session": None,
            }
        )
        if agent_stream:  # queries of an agent ride on one of its calls
            mine = calls[(calls["stream"] == agent_stream) & (calls["status"] == "ok")]
            chosen = mine.iloc[np.sort(rng.integers(0, len(mine), len(days)))]
            frame["at_ms"] = chosen["started_ms"].to_numpy() + 40
            frame["session"] = chosen["session"].to_numpy()
        frame["untagged"] = (index == "kb-support") & (rng.random(len(days)) < 0.3)
        parts.append(frame)
    out = pd.concat(parts, ignore_index=True).sort_values(["at_ms", "index", "tag_team", "feature"], kind="stable")
    out = out[out["at_ms"] < TELEMETRY_END_MS].reset_index(drop=True)
    out["day"] = (out["at_ms"] - START_MS) // DAY_MS
    out["team"] = owner_on(out["tag_team"], out["day"])
    out["query_id"] = [f"q-{n:07d}" for n in range(len(out))]
    return out


def index_days() -> pd.DataFrame:
    """One row per index and day: stored GiB (in 1/16 steps), vectors, indexing units."""
    rows = []
    for engine, provider, account, region, index, team, feature, start, grow, units in INDEXES:
        for day in range(DAYS):
            gib16 = int(start * 16) + int(day * grow * 16)
            rows.append(
                (
                    engine,
                    provider,
                    account,
                    region,
                    index,
                    team,
                    feature,
                    day,
                    gib16,
                    gib16 * 9_000,
                    0 if is_weekend(day) and index == "docs-archive" else units,
                )
            )
    columns = ["engine", "provider", "account", "region", "index", "tag_team", "feature", "day", "gib16", "vectors", "indexing_units"]
    return pd.DataFrame(rows, columns=columns)


def index_tags(team: str, feature: str) -> str:
    """Tags of an index."""
    return tags(team=team, feature=feature, env="prod")
