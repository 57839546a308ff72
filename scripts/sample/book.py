"""The company's book: bill lines, the true cost behind each of them, and the planted cases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .company import day_date, month_start_of
from .money import PICO

# Bill lines, neutral to the provider; times in milliseconds since 1970, money in pico of the billing currency.
LINE_DEFAULTS = {
    "book": None,  # which bill: aws_daily, aws_hourly, azure, gcp, pinecone, anthropic
    "day": 0,  # day number of the start
    "start_ms": 0,
    "end_ms": 0,
    "account": "",
    "region": "",
    "line_type": "Usage",
    "service": "",  # key into the bill writer's table of services
    "usage_type": "",
    "operation": "",
    "description": "",
    "resource_id": "",
    "qty_nano": 0,  # usage quantity times 1e9
    "unit": "",
    "price": 0,  # unit price in pico, 0 where it has none
    "list_cost": 0,
    "billed_cost": 0,
    "effective_cost": 0,
    "tags": "{}",
    "model": "",
    "kind": "",
    "instance_type": "",
    "commitment": "",  # '', 'sp' or 'ri'
    "commitment_total": 0,
    "commitment_used": 0,
}
TRUTH_DEFAULTS = {
    "book": None,
    "day": 0,
    "layer": "other",
    "team": "unallocated",  # who owns the money as far as the landing files can tell
    "feature": "unallocated",
    "environment": None,
    "agent_session_id": None,
    "basis": "direct",  # metered, direct, idle, shared, untagged, no_driver, estimated
    "true_team": None,  # who really caused it, where that is not `team`
    "account": "",
    "service": "",
    "model": "",
    "kind": "",
    "resource_id": "",
    "effective_cost": 0,
    "billed_cost": 0,
}
BOOKS = {
    "aws_daily": ("aws", "USD"),
    "aws_hourly": ("aws", "USD"),
    "azure": ("azure", "EUR"),
    "gcp": ("gcp", "USD"),
    "pinecone": ("pinecone", "USD"),
    "anthropic": ("anthropic", "USD"),
}


def _frame(defaults: dict, columns: dict) -> pd.DataFrame:
    unknown = set(columns) - set(defaults)
    if unknown:
        raise KeyError(f"unknown columns {sorted(unknown)}")
    size = max((len(v) for v in columns.values() if isinstance(v, (np.ndarray, pd.Series, list))), default=1)
    filled = {}
    for name, default in defaults.items():
        value = columns.get(name, default)
        if isinstance(value, pd.Series):
            value = value.to_numpy()
        if isinstance(value, (np.ndarray, list)):
            filled[name] = np.asarray(value, dtype=np.int64 if isinstance(default, int) else object)
        elif isinstance(default, int):
            filled[name] = np.full(size, value, dtype=np.int64)
        else:
            filled[name] = np.full(size, value, dtype=object)
    return pd.DataFrame(filled)


class Book:
    """Collects what the parts of the company bill, what it truly cost whom, and what was planted on purpose."""

    def __init__(self) -> None:
        self._lines: list[pd.DataFrame] = []
        self._truth: list[pd.DataFrame] = []
        self.planted: list[dict] = []

    def bill(self, **columns) -> None:
        """Add bill lines. Scalars are repeated. `effective_cost` and `list_cost` default to `billed_cost`."""
        for amount in ("effective_cost", "list_cost"):
            columns.setdefault(amount, columns.get("billed_cost", 0))
        self._lines.append(_frame(LINE_DEFAULTS, columns))

    def cost(self, **columns) -> None:
        """Add true costs. `billed_cost` defaults to `effective_cost`."""
        columns.setdefault("billed_cost", columns.get("effective_cost", 0))
        self._truth.append(_frame(TRUTH_DEFAULTS, columns))

    def plant(self, name: str, where: str, note: str, team: str | None = None, amount: int | None = None, currency: str = "USD", **keys) -> None:
        """Record one ugly case: what, where, how much (pico)."""
        case = {"name": name, "team": team, "where": where, "note": note, "currency": currency}
        case["amount"] = None if amount is None else text(amount)
        case.update(keys)
        self.planted.append(case)

    def lines(self) -> pd.DataFrame:
        """All bill lines."""
        return pd.concat(self._lines, ignore_index=True)

    def truth(self) -> pd.DataFrame:
        """All true costs."""
        return pd.concat(self._truth, ignore_index=True)

    def check(self) -> None:
        """Fail loudly unless truth equals the bills, per bill and month, in billed and effective cost."""
        totals = []
        for frame in (self.lines(), self.truth().query("basis != 'estimated'")):
            frame = frame.assign(month=month_start_of(frame["day"].to_numpy()))
            totals.append(frame.groupby(["book", "month"])[["billed_cost", "effective_cost"]].sum())
        if not totals[0].equals(totals[1]):
            raise AssertionError(f"truth does not equal the bills:\n{totals[0].join(totals[1], lsuffix='_bill', rsuffix='_truth', how='outer')}")


def text(amount: int) -> str:
    """Pico as plain decimal text."""
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(int(amount)), PICO)
    return f"{sign}{whole}.{part:012d}"


def iso(day: int) -> str:
    """A day number as ISO text."""
    return day_date(day).isoformat()
