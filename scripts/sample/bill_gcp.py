"""Writes the Google Cloud bill as its detailed usage export comes out of BigQuery: nested records, credits inside the line, an invoice month that is not the month of the usage,
corrections as lines of their own, and files that only ever add: August as Parquet, then JSON lines, late lines in a later file, some days once more as CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from .bill_focus import hash_text
from .book import Book, text
from .company import DAY_MS, GCP_BILLING_ACCOUNT, GCP_PROJECT, HOUR_MS, MONTHS, START_MS, day_date, day_ms, day_number, month_length
from .money import PICO, pico
from .writers import write_bytes, write_lines, write_parquet

TRIAL_PROJECT = "apportion-docs-trial"  # its labels name its owner; its resources have none
SERVICES = {
    "vertex_ai": ("C7E2-9256-1C43", "Vertex AI"),
    "gcs": ("95FF-2EF5-5EA1", "Cloud Storage"),
    "cloud_run": ("152E-C115-5142", "Cloud Run"),
    "tax": ("0000-0000-0000", "Invoice"),
}
PROJECTS = {GCP_PROJECT: ("apportion-docs", "771100450001", {}), TRIAL_PROJECT: ("docs trial", "771100450002", {"team": "docs", "feature": "doc_extraction", "env": "prod"})}
PROMOTED = pico("0.0037")  # what the trial's function costs a month, paid by a promotion
WRONG = pico("40.00")  # metered twice, and taken back
FREE = pico("0.02")  # within the free tier
SHARE_OF_CREDIT = 16  # each of two credits on a node line takes back a sixteenth of what is left to pay
CREDIT_NAMES = {"SUSTAINED_USAGE_DISCOUNT": "Sustained usage discount", "DISCOUNT": "Spending based discount", "FREE_TIER": "Free tier usage", "PROMOTION": "Docs trial credit"}
AGAIN = 5  # days of October that are delivered once more


def add(book: Book) -> None:
    """What only this bill has. Its lines sum to nothing, month by month."""
    bucket = {"book": "gcp", "account": GCP_PROJECT, "region": "us-central1", "service": "gcs", "usage_type": "Standard Storage US Multi-region", "resource_id": "apportion-extracts",
              "unit": "gibibyte month", "tags": json.dumps({"team": "docs", "feature": "doc_extraction", "env": "prod"}, separators=(",", ":"))}  # fmt: skip
    day = day_number(MONTHS[1]) + 10
    span = {"day": day, "start_ms": day_ms(day), "end_ms": day_ms(day) + DAY_MS}
    book.bill(**bucket, **span, qty_nano=2000 * 1_000_000_000, billed_cost=WRONG)
    book.bill(**bucket, **span, line_type="Correction", qty_nano=-2000 * 1_000_000_000, billed_cost=-WRONG)
    book.plant("usage_taken_back", "gcp_billing cost_type adjustment", "counted twice, and negated by a correction", "docs", -WRONG, usage_date=day_date(day).isoformat())
    function = {"book": "gcp", "account": TRIAL_PROJECT, "region": "us-central1", "service": "cloud_run", "unit": "seconds", "qty_nano": 150 * 1_000_000_000}
    for month in MONTHS:
        day = day_number(month) + 14
        span = {"day": day, "start_ms": day_ms(day), "end_ms": day_ms(day) + DAY_MS}
        book.bill(**function, **span, usage_type="CPU Allocation Time", billed_cost=PROMOTED)
        book.bill(**function, **span, usage_type="CPU Allocation Time", line_type="Credit", billed_cost=-PROMOTED)
        known = {"book": "gcp", "day": day, "account": TRIAL_PROJECT, "service": "cloud_run", "team": "docs", "feature": "doc_extraction", "environment": "prod"}
        for cost in (PROMOTED, -PROMOTED):  # the credit has the labels of the line it came in
            book.cost(**known, effective_cost=cost)
    book.plant("promotion_is_a_payment", "gcp_billing credits of type PROMOTION", "stands apart from the usage it pays", "docs", -PROMOTED * len(MONTHS))
    last = day_number(MONTHS[0]) + month_length(day_number(MONTHS[0])) - 1
    begins = day_ms(last) + 23 * HOUR_MS
    book.bill(**function, day=last, start_ms=begins, end_ms=begins + HOUR_MS, usage_type="Requests", line_type="Free tier", billed_cost=0)
    book.plant("crossover_month", "gcp_billing usage of 31 August on the invoice of September", "free tier: what it cost was credited", "docs", FREE, usage_date=day_date(last).isoformat())


def write(book: Book, root: Path) -> None:
    """All files of the export."""
    lines = book.lines()
    mine = lines[lines["book"].eq("gcp")].sort_values(["start_ms", "usage_type", "resource_id", "line_type"], kind="stable")
    rows = [_row(line) for line in mine[~(mine["line_type"].eq("Credit") & mine["account"].eq(TRIAL_PROJECT))].itertuples()]
    folder = root / "gcp_billing"
    august, september, october = ([row for row in rows if row["invoice"]["month"] == f"{month:%Y%m}"] for month in MONTHS)
    write_parquet(_table(august), folder / "detailed" / "2026-08" / "export-000000000000.parquet")
    middle = len(september) // 2
    for part, some in enumerate((september[:middle], september[middle:])):
        write_lines([_json(row) for row in some], folder / "detailed" / "2026-09" / f"export-{part:012d}.json.gz")
    late = [row for row in october if row["usage_start_time"] >= "2026-10-31"]
    for row in late:
        row["export_time"] = "2026-11-03 06:12:44.000000 UTC"
    write_lines([_json(row) for row in october if row not in late], folder / "detailed" / "2026-10" / "export-000000000000.json.gz")
    write_lines([_json(row) for row in late], folder / "detailed" / "2026-11-03" / "export-000000000000.json")
    again = [row for row in october if row["usage_start_time"] < f"2026-10-{AGAIN + 1:02d}"]
    write_bytes(_csv(again).encode(), folder / "handover" / "first-days-of-october.csv")
    credited = [row for row in rows if len(row["credits"]) == 2]
    paid_back = sum((Decimal(credit["amount"]) for row in credited for credit in row["credits"]), Decimal(0))
    book.plant("two_credits_on_a_line", "gcp_billing Vector Search nodes", "the line's cost counts once", "docs", int(paid_back * PICO), lines=len(credited))
    book.plant("delivered_again_in_another_form", "gcp_billing/handover", "CSV of lines that the JSON has", None, None, lines=len(again))
    book.plant("late_lines", "gcp_billing/detailed/2026-11-03", "the last day of October, exported in November", None, None, lines=len(late))


def _row(line) -> dict:
    """One cost line, amounts as exact decimal text."""
    billed, listed = int(line.billed_cost), int(line.list_cost)
    credits = []
    if line.usage_type.startswith("Vertex AI: Vector Search"):
        part = billed // SHARE_OF_CREDIT
        credits = [("SUSTAINED_USAGE_DISCOUNT", -part), ("DISCOUNT", -part)]
    elif line.line_type == "Free tier":
        credits = [("FREE_TIER", -FREE)]
    elif line.account == TRIAL_PROJECT:
        credits = [("PROMOTION", -PROMOTED)]
    gross = billed - sum(amount for kind, amount in credits if kind != "PROMOTION")
    is_usage = line.line_type != "Tax"
    quantity = text(int(line.qty_nano) * 1000).rstrip("0").rstrip(".") if is_usage else None
    service, sku = SERVICES[line.service], hash_text(line.usage_type)
    name, number, labels = PROJECTS[line.account]
    begins, ends = _time(line.start_ms), _time(line.end_ms + 1000 if line.end_ms % 60_000 else line.end_ms)
    return {
        "billing_account_id": GCP_BILLING_ACCOUNT,
        "service": {"id": service[0], "description": service[1]},
        "sku": {"id": f"{sku % 65536:04X}-{sku // 65536 % 65536:04X}-55D1", "description": line.usage_type},
        "usage_start_time": f"{begins:%Y-%m-%d %H:%M:%S} UTC",
        "usage_end_time": f"{ends:%Y-%m-%d %H:%M:%S} UTC",
        "project": {"id": line.account, "number": number, "name": name, "labels": _pairs(labels), "ancestry_numbers": "/550011223344/"},
        "labels": _pairs(json.loads(line.tags)),
        "system_labels": [],
        "tags": [],
        "location": {"location": line.region or "global", "country": "US" if line.region else None, "region": line.region or None, "zone": None},
        "resource": {"name": line.resource_id or None, "global_name": None},
        "cost": text(gross),
        "cost_at_list": text(max(gross, listed)) if is_usage else None,
        "currency": "USD",
        "currency_conversion_rate": "1",
        "usage": {"amount": quantity, "unit": line.unit or None, "amount_in_pricing_units": quantity, "pricing_unit": line.unit or None},
        "credits": [{"id": CREDIT_NAMES[kind], "full_name": "", "name": CREDIT_NAMES[kind], "type": kind, "amount": text(amount)} for kind, amount in credits],
        "adjustment_info": {"id": "ADJ-0042", "description": "Storage metered twice", "mode": "COMPLETE_NEGATION", "type": "USAGE_CORRECTION"} if line.line_type == "Correction" else None,
        "invoice": {"month": f"{begins + timedelta(hours=1):%Y%m}"},  # the last hour of a month comes too late for its invoice
        "cost_type": {"Tax": "tax", "Correction": "adjustment"}.get(line.line_type, "regular"),
        "transaction_type": "GOOGLE",
        "seller_name": None,
        "export_time": f"{ends + timedelta(hours=11, minutes=32):%Y-%m-%d %H:%M:%S}.482113 UTC",
    }


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc)


def _pairs(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in labels.items()]


def _without_nulls(value):
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _json(row: dict) -> str:
    """BigQuery leaves out what is null."""
    return json.dumps(_without_nulls(row), separators=(",", ":"))


def _csv(rows: list[dict]) -> str:
    """Nested columns as JSON text."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()} for row in rows)
    return stream.getvalue()


def _table(rows: list[dict]) -> pa.Table:
    """The same with BigQuery's types: amounts are doubles there, and exact below a thousand."""
    label = pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())]))
    texts = lambda *names: pa.struct([(name, pa.string()) for name in names])  # noqa: E731
    money, number, moment = "money", pa.float64(), pa.timestamp("us", tz="UTC")
    shapes = {
        "billing_account_id": pa.string(), "service": texts("id", "description"), "sku": texts("id", "description"), "usage_start_time": moment, "usage_end_time": moment,
        "project": pa.struct([("id", pa.string()), ("number", pa.string()), ("name", pa.string()), ("labels", label), ("ancestry_numbers", pa.string())]),
        "labels": label, "system_labels": label,
        "tags": pa.list_(pa.struct([("key", pa.string()), ("value", pa.string()), ("inherited", pa.bool_()), ("namespace", pa.string())])),
        "location": texts("location", "country", "region", "zone"), "resource": texts("name", "global_name"), "cost": money, "cost_at_list": money,
        "currency": pa.string(), "currency_conversion_rate": money,
        "usage": pa.struct([("amount", number), ("unit", pa.string()), ("amount_in_pricing_units", number), ("pricing_unit", pa.string())]),
        "credits": pa.list_(pa.struct([("id", pa.string()), ("full_name", pa.string()), ("name", pa.string()), ("type", pa.string()), ("amount", number)])),
        "adjustment_info": texts("id", "description", "mode", "type"), "invoice": texts("month"), "cost_type": pa.string(), "transaction_type": pa.string(), "seller_name": pa.string(),
        "export_time": moment,
    }  # fmt: skip
    columns = {}
    for name, shape in shapes.items():
        values = [_doubles(row[name]) for row in rows]
        if shape == moment:
            values = [datetime.fromisoformat(value.removesuffix(" UTC")).replace(tzinfo=timezone.utc) for value in values]
        elif shape == money:
            values, shape = [None if value is None else _double(value) for value in values], number
        columns[name] = pa.array(values, type=shape)
    return pa.table(columns)


def _doubles(value):
    """Amounts inside records."""
    if isinstance(value, dict):
        return {key: _double(item) if key.startswith("amount") and item is not None else _doubles(item) for key, item in value.items()}
    return [_doubles(item) for item in value] if isinstance(value, list) else value


def _double(amount: str) -> float:
    if Decimal(repr(float(amount))) != Decimal(amount):
        raise ValueError(f"{amount} has more digits than a double keeps: the bill would not be exact")
    return float(amount)
