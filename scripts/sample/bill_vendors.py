"""Writes the vendors' own bills: Anthropic's cost report (JSON pages in cents, one folder per pull, pulls overlap) and Pinecone's usage report (CSV.gz)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from . import prices
from .book import Book
from .company import ANTHROPIC_ORG, MONTHS, PINECONE_ORG, day_date, day_number, month_length
from .money import PICO, decimals
from .writers import strings, write_bytes, write_csv

_MODEL_NAME = {"opus": "Claude Opus 4.6", "sonnet": "Claude Sonnet 4.6", "haiku": "Claude Haiku 4.5"}
# kind -> token_type, the end of the description
TOKEN_TYPES = {
    "input": ("uncached_input_tokens", "Input Tokens"),
    "output": ("output_tokens", "Output Tokens"),
    "cache_read": ("cache_read_input_tokens", "Input Tokens, Cache Read"),
    "cache_write_5m": ("cache_creation.ephemeral_5m_input_tokens", "Input Tokens, Cache Write"),
    "cache_write_1h": ("cache_creation.ephemeral_1h_input_tokens", "Input Tokens, Cache Write (1h)"),
}
_BUCKETS_PER_PAGE = 16
_FIRST_PULL_DAYS = 14  # the first pull of a month; its last day was not yet counted to the end


def _cents(picodollars: int) -> str:
    return format((Decimal(picodollars) * 100 / PICO).normalize(), "f")


def _result(line, late: bool) -> dict:
    token_type, words = TOKEN_TYPES[line.kind]
    return {
        "currency": "USD",
        "amount": _cents(int(line.billed_cost) * 9 // 10 if late else int(line.billed_cost)),
        "workspace_id": None,
        "description": f"{_MODEL_NAME[line.model]} Usage - {words}",
        "cost_type": "tokens",
        "context_window": "0-200k",
        "model": prices.ANTHROPIC_IDS[line.model],
        "service_tier": "standard",
        "token_type": token_type,
        "inference_geo": "not_available",
    }


def _pull(lines: pd.DataFrame, first: date, days: int, pulled: date, is_late: bool, folder: Path) -> None:
    buckets = []
    for day in (first + timedelta(number) for number in range(days)):
        mine = lines[lines["day"] == day_number(day)]
        late = is_late and day == first + timedelta(days - 1)
        buckets.append(
            {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(1)}T00:00:00Z", "results": [_result(line, late) for line in mine.itertuples()]}
        )
    pages = [buckets[start : start + _BUCKETS_PER_PAGE] for start in range(0, days, _BUCKETS_PER_PAGE)]
    for number, page in enumerate(pages, start=1):
        more = number < len(pages)
        answer = {"data": page, "has_more": more, "next_page": f"page_{pulled:%Y%m%d}{number + 1:02d}" if more else None}
        write_bytes((json.dumps(answer) + "\n").encode(), folder / f"{pulled}T060000Z" / f"page-{number}.json")


def _pinecone(lines: pd.DataFrame) -> pa.Table:
    def same(value: str) -> pa.Array:
        return pa.array([value] * len(lines), type=pa.string())

    return pa.table(
        {
            "Date": strings([str(day_date(day)) for day in lines["day"]]),
            "Organization ID": same(PINECONE_ORG),
            "Organization": same("Apportion"),
            "Project ID": same("prj-search"),
            "Project": same("retrieval"),
            "Service": same("Database"),
            "Index": strings(lines["resource_id"]),
            "Cloud": same("aws"),
            "Region": strings(lines["region"]),
            "SKU": strings(lines["usage_type"]),
            "Usage": decimals(lines["qty_nano"], 9),
            "Unit": strings(lines["unit"]),
            "Cost (USD)": decimals(lines["billed_cost"]),
            "Index Tags": strings(lines["tags"].where(lines["tags"] != "{}", "")),
        }
    )


def write(book: Book, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Both vendors, month by month. A month of Anthropic is pulled twice: its first two weeks, and on the second day after its end all of it."""
    lines = book.lines().sort_values(["day", "usage_type", "resource_id", "model"], kind="stable")
    folder = root / "anthropic_cost_report" / ANTHROPIC_ORG
    for month in MONTHS:
        length = month_length(day_number(month))
        mine = lines[[day_date(day).month == month.month for day in lines["day"]]]
        claude = mine[mine["book"].eq("anthropic")]
        _pull(claude, month, _FIRST_PULL_DAYS, month + timedelta(_FIRST_PULL_DAYS), True, folder)
        _pull(claude, month, length, month + timedelta(length + 1), False, folder)
        write_csv(_pinecone(mine[mine["book"].eq("pinecone")].reset_index(drop=True)), root / "pinecone_usage" / f"pinecone-usage-{month:%Y-%m}.csv.gz", connection)
