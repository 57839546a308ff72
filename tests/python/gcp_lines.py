"""Lines of a Google Cloud detailed usage export, and the forms they come out of BigQuery in: JSON lines, Parquet, Parquet with list.element, CSV with JSON in its nested columns."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

Line = dict[str, Any]
ACCOUNT = "01A2B3-C4D5E6-F70809"
NESTED = ("service", "sku", "project", "location", "resource", "usage", "adjustment_info", "invoice", "price", "consumption_model", "subscription", "labels", "system_labels", "tags", "credits")
REPEATED = ("labels", "system_labels", "tags", "credits")


def line(sku: str = "Gemini 2.5 Flash GA Text Input - Predictions", cost: str = "1.25", **changes: Any) -> Line:
    """One cost line. `credits=[("PROMOTION", "-1")]`, `labels={"team": "docs"}`; a dictionary for a record changes only the fields it names."""
    row: Line = {
        "billing_account_id": ACCOUNT,
        "service": {"id": "C7E2-9256-1C43", "description": "Vertex AI"},
        "sku": {"id": f"{sum(map(ord, sku)) % 65536:04X}-9F2A-55D1", "description": sku},
        "usage_start_time": "2026-10-02 05:00:00 UTC",
        "usage_end_time": "2026-10-02 06:00:00 UTC",
        "project": {"id": "docs-prod", "number": "991", "name": "Docs", "labels": [], "ancestry_numbers": "/1/2/", "ancestors": []},
        "labels": [],
        "system_labels": [],
        "tags": [],
        "location": {"location": "us-central1", "country": "US", "region": "us-central1", "zone": None},
        "resource": {"name": None, "global_name": None},
        "cost": cost,
        "cost_at_list": cost,
        "cost_at_effective_price_default": cost,
        "currency": "USD",
        "currency_conversion_rate": "1",
        "usage": {"amount": "1000", "unit": "count", "amount_in_pricing_units": "1000", "pricing_unit": "count"},
        "credits": [],
        "adjustment_info": {"id": None, "description": None, "mode": None, "type": None},
        "invoice": {"month": "202610", "publisher_type": "GOOGLE"},
        "cost_type": "regular",
        "price": {"effective_price": "0.00125", "tier_start_amount": "0", "unit": "count", "pricing_unit_quantity": "1"},
        "consumption_model": {"id": "7754-699E-0EBF", "description": "Default"},
        "subscription": {"instance_id": None},
        "transaction_type": "GOOGLE",
        "seller_name": None,
        "export_time": "2026-10-02 11:32:10.123456 UTC",
    }
    for name, value in changes.items():
        if name == "credits" and isinstance(value, list):
            value = [credit if isinstance(credit, dict) else {"id": credit[0].title(), "full_name": "", "name": credit[0].lower(), "type": credit[0], "amount": credit[1]} for credit in value]
        elif name in ("labels", "system_labels") and isinstance(value, dict):
            value = pairs(value)
        elif isinstance(row.get(name), dict) and isinstance(value, dict):
            value = {**row[name], **value}
        row[name] = value
    return row


def pairs(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in labels.items()]


def tag(key: str, value: str, inherited: bool = False) -> dict[str, Any]:
    return {"key": key, "value": value, "inherited": inherited, "namespace": "123456789"}


def invoiced(lines: Iterable[Line]) -> Decimal:
    """Cost plus all credits, worked here and not in SQL."""
    return sum((Decimal(row["cost"]) + sum(Decimal(credit["amount"]) for credit in row["credits"] or []) for row in lines), Decimal(0))


def write_json_lines(path: Path, lines: Iterable[Line]) -> Path:
    """As BigQuery exports JSON: what is null is left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(without_nulls(row)) + "\n" for row in lines))
    return path


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def write_csv(path: Path, lines: Iterable[Line], nested=json.dumps) -> Path:
    """Nested columns as text; `nested=repr` is what a careless script writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{name: nested(value) if name in NESTED and not isinstance(value, str) else value for name, value in row.items()} for row in lines]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_flat_csv(path: Path, lines: Iterable[Line]) -> Path:
    """Records flattened to service.id, repeated ones as JSON."""
    flat = []
    for row in lines:
        flat.append({})
        for name, value in row.items():
            for inner, item in value.items() if isinstance(value, dict) else [(None, value)]:
                flat[-1][f"{name}.{inner}" if inner else name] = json.dumps(item) if isinstance(item, list) else item
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(flat[0]))
        writer.writeheader()
        writer.writerows(flat)
    return path


def write_parquet(path: Path, lines: Iterable[Line], list_element: bool = False) -> Path:
    """Records as structs and lists; with list_element each list as a struct around its records, as tools without list inference leave it."""
    rows = copy.deepcopy(list(lines))
    if list_element:
        for row in rows:
            for name in REPEATED:
                row[name] = {"list": [{"element": item} for item in row[name]]}
            row["project"]["labels"] = {"list": [{"element": item} for item in row["project"]["labels"]]}
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_suffix(".source.json")
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    key_value = 'struct("key" varchar, "value" varchar)'
    shapes = {
        "labels": key_value, "system_labels": key_value,
        "tags": 'struct("key" varchar, "value" varchar, inherited boolean, namespace varchar)',
        "credits": "struct(id varchar, full_name varchar, name varchar, type varchar, amount double)",
    }  # fmt: skip

    def many(shape: str) -> str:
        return f"struct(list struct(element {shape})[])" if list_element else f"{shape}[]"

    columns = {
        "billing_account_id": "varchar", "service": "struct(id varchar, description varchar)", "sku": "struct(id varchar, description varchar)",
        "usage_start_time": "timestamptz", "usage_end_time": "timestamptz",
        "project": f"struct(id varchar, number varchar, name varchar, labels {many(key_value)}, ancestry_numbers varchar)",
        **{name: many(shape) for name, shape in shapes.items()},
        "location": "struct(location varchar, country varchar, region varchar, zone varchar)", "resource": "struct(name varchar, global_name varchar)",
        "cost": "double", "cost_at_list": "decimal(38, 12)", "cost_at_effective_price_default": "double", "currency": "varchar", "currency_conversion_rate": "double",
        "usage": "struct(amount double, unit varchar, amount_in_pricing_units double, pricing_unit varchar)",
        "adjustment_info": "struct(id varchar, description varchar, mode varchar, type varchar)", "invoice": "struct(month varchar, publisher_type varchar)",
        "cost_type": "varchar", "price": "struct(effective_price decimal(38, 9), tier_start_amount decimal(38, 9), unit varchar, pricing_unit_quantity decimal(38, 9))",
        "consumption_model": "struct(id varchar, description varchar)", "subscription": "struct(instance_id varchar)",
        "transaction_type": "varchar", "seller_name": "varchar", "export_time": "timestamptz",
    }  # fmt: skip
    declared = ", ".join(f"{name}: '{shape}'" for name, shape in columns.items())
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"copy (select * from read_json('{source}', format = 'newline_delimited', columns = {{{declared}}})) to '{path}' (format parquet)")
    source.unlink()
    return path
