"""Writes what truly happened, apart from the landing zone: costs, bill totals, outcomes, planted cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from .book import BOOKS, Book, text
from .company import (
    ANTHROPIC_ORG,
    AWS_PAYER,
    AZURE_BILLING_ACCOUNT,
    EPOCH,
    GCP_BILLING_ACCOUNT,
    ML_PAYER,
    PINECONE_ORG,
    START,
    START_MS,
    DAY_MS,
    month_start_of,
    owner_on,
)
from .money import decimals
from .writers import dates, strings, write_parquet

BILLING_ACCOUNT = {
    "aws_daily": AWS_PAYER,
    "aws_hourly": ML_PAYER,
    "azure": AZURE_BILLING_ACCOUNT,
    "gcp": GCP_BILLING_ACCOUNT,
    "pinecone": PINECONE_ORG,
    "anthropic": ANTHROPIC_ORG,
}
# FOCUS bills name their sub-accounts otherwise than telemetry does.
SUB_ACCOUNT = {PINECONE_ORG: "prj-search", ANTHROPIC_ORG: ""}
KEYS = [
    "day",
    "book",
    "layer",
    "team",
    "feature",
    "environment",
    "agent_session_id",
    "basis",
    "true_team",
    "account",
    "service",
    "model",
    "kind",
    "resource_id",
]


def plant_rise(book: Book) -> None:
    """The team whose own spend rises in October, by layer, in dollars (it has nothing in the EUR bill)."""
    truth = book.truth()
    mine = truth[truth["team"].isin(["search", "discovery"]) & truth["basis"].isin(["metered", "direct"])]
    mine = mine.assign(month=month_start_of(mine["day"].to_numpy()))
    september, october = (mine[mine["month"] == m].groupby("layer")["effective_cost"].sum() for m in sorted(mine["month"].unique())[1:3])
    rise = october.sub(september, fill_value=0).astype(np.int64)
    book.plant(
        "team_spend_rises",
        "discovery in October against search in September: node ip-10-60-2-22 and more research sessions",
        "part volume, part GPU",
        "discovery",
        int(rise.sum()),
        by_layer={k: text(int(v)) for k, v in rise.items()},
    )


def write(book: Book, events: pd.DataFrame, root: Path) -> None:
    """costs.parquet, bills.parquet, outcomes.parquet, planted.json."""
    truth = book.truth()
    for column in ("environment", "agent_session_id", "true_team"):
        truth[column] = truth[column].where(truth[column].notna(), None)
    costs = truth.groupby(KEYS, dropna=False, sort=True)[["effective_cost", "billed_cost"]].sum().reset_index()
    costs["true_team"] = costs["true_team"].where(costs["true_team"].notna(), costs["team"])
    estimated = costs["basis"].eq("estimated")
    currency = np.where(estimated, "USD", costs["book"].map({b: c for b, (_, c) in BOOKS.items()}))
    write_parquet(
        pa.table(
            {
                "usage_date": dates(costs["day"] + (START - EPOCH).days),
                "billing_month": dates(month_start_of(costs["day"].to_numpy())),
                "provider": strings(costs["book"].map({b: p for b, (p, _) in BOOKS.items()})),
                "billing_account_id": strings(costs["book"].map(BILLING_ACCOUNT)),
                "sub_account_id": strings(costs["account"].replace(SUB_ACCOUNT)),
                "layer": strings(costs["layer"]),
                "team": strings(costs["team"]),
                "feature": strings(costs["feature"]),
                "environment": strings(costs["environment"]),
                "agent_session_id": strings(costs["agent_session_id"]),
                "basis": strings(costs["basis"]),
                "true_team": strings(costs["true_team"]),
                "service": strings(costs["service"]),
                "model": strings(costs["model"]),
                "token_kind": strings(costs["kind"]),
                "resource_id": strings(costs["resource_id"]),
                "billing_currency": strings(currency),
                "effective_cost": decimals(costs["effective_cost"]),
                "billed_cost": decimals(costs["billed_cost"]),
            }
        ),
        root / "costs.parquet",
    )
    lines = book.lines()
    totals = (
        lines.assign(month=month_start_of(lines["day"].to_numpy())).groupby(["book", "month"], sort=True)[["billed_cost", "effective_cost"]].sum().reset_index()
    )
    write_parquet(
        pa.table(
            {
                "provider": strings(totals["book"].map({b: p for b, (p, _) in BOOKS.items()})),
                "billing_account_id": strings(totals["book"].map(BILLING_ACCOUNT)),
                "billing_month": dates(totals["month"]),
                "currency": strings(totals["book"].map({b: c for b, (_, c) in BOOKS.items()})),
                "billed_cost": decimals(totals["billed_cost"]),
                "effective_cost": decimals(totals["effective_cost"]),
            }
        ),
        root / "bills.parquet",
    )
    _outcomes(costs, events, root)
    (root / "planted.json").write_text(json.dumps(book.planted, indent=1) + "\n")


def _outcomes(costs: pd.DataFrame, events: pd.DataFrame, root: Path) -> None:
    """Per month, type, feature and team: events, successes, the feature's owned cost in USD bills, and the cost of the sessions behind the events."""
    day = (events["at"].to_numpy() - START_MS) // DAY_MS
    events = events.assign(month=month_start_of(day), owner=owner_on(events["team"], day))
    owned = costs[costs["basis"].isin(["metered", "direct"]) & costs["book"].ne("azure")]
    owned = owned.assign(month=month_start_of(owned["day"].to_numpy()))
    feature = owned.groupby(["month", "team", "feature"])["effective_cost"].sum()
    session = owned[owned["agent_session_id"].notna()].groupby("agent_session_id")["effective_cost"].sum()
    events["session_cost"] = events["session"].map(session).fillna(0).astype(np.int64)
    out = (
        events.groupby(["month", "type", "feature", "owner"], sort=True)
        .agg(outcomes=("id", "size"), successes=("success", "sum"), session_cost=("session_cost", "sum"))
        .reset_index()
    )
    out["cost"] = [int(feature.get(k, 0)) for k in zip(out["month"], out["owner"], out["feature"])]
    write_parquet(
        pa.table(
            {
                "billing_month": dates(out["month"]),
                "outcome_type": strings(out["type"]),
                "feature": strings(out["feature"]),
                "team": strings(out["owner"]),
                "outcomes": pa.array(out["outcomes"]),
                "successes": pa.array(out["successes"].astype(np.int64)),
                "effective_cost_usd": decimals(out["cost"]),
                "session_effective_cost_usd": decimals(out["session_cost"]),
            }
        ),
        root / "outcomes.parquet",
    )
