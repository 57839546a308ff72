"""What the report needs from the marts, as plain values: no layout here. Every query reads; nothing is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from apportion_dbt import ROOT

LAYERS = ["inference", "agents", "gpu", "retrieval", "storage", "egress", "other"]
ZERO = Decimal(0)
Row = dict[str, Any]


class Warehouse:
    """A built warehouse, opened for reading.

    Raises FileNotFoundError without the file, duckdb.Error when it can not be opened (a build is writing to it, or it is no DuckDB file).
    """

    def __init__(self, path: Path):
        if not path.exists():
            raise FileNotFoundError(path)
        self.path = path
        self.connection = duckdb.connect(str(path), read_only=True)
        self.tables = {f"{schema}.{name}" for schema, name in self.connection.execute("select table_schema, table_name from information_schema.tables").fetchall()}

    def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[Row]:
        """Each row as a dict. Amounts come as Decimal, days as date."""
        cursor = self.connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def value(self, sql: str) -> Any:
        row = self.connection.execute(sql).fetchone()
        return row[0] if row else None

    def missing(self, *tables: str) -> list[str]:
        return [table for table in tables if table not in self.tables]


def reporting_currency(warehouse: Warehouse) -> str:
    """ISO 4217 code of the *_reporting columns: the currency a bill has at rate 1, else the project's var."""
    if not warehouse.missing("marts.fct_charges"):
        found = warehouse.value("select min(billing_currency) from marts.fct_charges where x_fx_rate_to_reporting = 1")
        if found:
            return str(found)
    written = re.search(r"^\s*reporting_currency:\s*([A-Z]{3})", (ROOT / "dbt_project.yml").read_text(), re.MULTILINE)
    return written.group(1) if written else "USD"


@dataclass(frozen=True)
class Months:
    """The last month on a bill, and the billed month before it (None when there is only one)."""

    last: date
    previous: date | None


def billed_months(warehouse: Warehouse) -> Months | None:
    found = warehouse.rows("select distinct billing_month from marts.team_costs_monthly where cost_basis = 'billed' order by billing_month desc limit 2")
    if not found:
        return None
    return Months(found[0]["billing_month"], found[1]["billing_month"] if len(found) > 1 else None)


def renamed_teams(warehouse: Warehouse, months: Months) -> dict[str, str]:
    """Old name -> new name of the teams that the policy file team_renames renames between the two months."""
    if not months.previous or warehouse.missing("staging.stg_policy__team_renames"):
        return {}
    found = warehouse.rows(
        """
        select team, min_by(renamed_to, renamed_on) as renamed_to
        from staging.stg_policy__team_renames
        where x_quarantine_reason is null and renamed_on > ? and renamed_on < cast(? as date) + interval 1 month
        group by team
        """,
        [months.previous, months.last],
    )
    return {row["team"]: row["renamed_to"] for row in found}


@dataclass
class Cell:
    """One line of the cost table: amounts by layer of this month, and the total of the month before."""

    name: str
    layers: dict[str, Decimal]
    previous: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.layers.values(), ZERO)


def costs(warehouse: Warehouse, months: Months, renamed: dict[str, str], team: str | None = None) -> list[Cell]:
    """Billed effective cost by team and layer, or by feature and layer of one team; dearest first, what nobody owns last."""
    table, key = ("marts.feature_costs_monthly", "feature") if team else ("marts.team_costs_monthly", "team")
    names = [team, *(old for old, new in renamed.items() if new == team)]
    found = warehouse.rows(
        f"""
        select {key} as name, layer, billing_month = ? as is_last, sum(effective_cost_reporting) as cost
        from {table}
        where cost_basis = 'billed' and billing_month in (?, ?) and {"list_contains(?, team)" if team else "true"}
        group by all
        """,
        [months.last, months.last, months.previous or months.last, *([names] if team else [])],
    )
    cells: dict[str, Cell] = {}
    for row in found:
        name = row["name"] if team else renamed.get(row["name"], row["name"])
        cell = cells.setdefault(name, Cell(name, dict.fromkeys(LAYERS, ZERO), ZERO))
        if row["is_last"]:
            cell.layers[row["layer"]] += row["cost"]
        else:
            cell.previous += row["cost"]
    return sorted(cells.values(), key=lambda cell: (cell.name == "unallocated", -cell.total, cell.name))


def credits(warehouse: Warehouse, month: date) -> list[Row]:
    """Credits of one month by layer, the largest first: layer, cost (negative)."""
    return warehouse.rows(
        """
        select layer, sum(effective_cost_reporting) as cost
        from marts.fct_cost_allocations
        where billing_month = ? and charge_category = 'Credit'
        group by layer
        order by cost, layer
        """,
        [month],
    )


def unowned(warehouse: Warehouse, month: date) -> list[Row]:
    """Idle and unallocated cost of one month by reason and layer, dearest first: step, reason, layer, cost, team (who carries it by policy), what (the dearest service)."""
    return warehouse.rows(
        """
        select allocation_step as step, reason, layer, sum(cost) as cost, max_by(team, cost) as team, max_by(service_name, cost) as what
        from (
            select allocation_step, reason, layer, team, service_name, sum(effective_cost_reporting) as cost
            from marts.fct_cost_allocations
            where billing_month = ? and cost_basis = 'billed' and allocation_step in ('idle', 'unallocated')
            group by all
        )
        group by all
        order by step, cost desc, reason, layer
        """,
        [month],
    )


def reconciliation(warehouse: Warehouse) -> list[Row]:
    """The bills, one row per provider, account, currency and status: first and last month, bills, restated ones and what they no longer count, billed, allocated, difference."""
    return warehouse.rows(
        """
        select
            provider, billing_account_id, billing_currency, status,
            min(billing_month) as first_month, max(billing_month) as last_month, count(*) as bills,
            count(*) filter (where deliveries > 1) as restated, sum(superseded_billed_cost) as superseded,
            sum(delivered_billed_cost) as billed, sum(allocated_billed_cost) as allocated, sum(abs(billed_cost_difference)) as difference
        from marts.cost_reconciliation
        group by all
        order by status, billed desc, provider, billing_account_id
        """
    )


@dataclass
class Mover:
    """The change of one team in one layer between the two last billed months, in the reporting currency."""

    team: str
    layer: str
    previous: Decimal = ZERO
    current: Decimal = ZERO
    volume: Decimal = ZERO
    price: Decimal = ZERO
    mix: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        return self.current - self.previous

    def add(self, other: Mover) -> None:
        for name in ("previous", "current", "volume", "price", "mix"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def movers(warehouse: Warehouse, months: Months, renamed: dict[str, str]) -> list[Mover]:
    """Every team and layer, the largest change first; a renamed team is one team."""
    merged: dict[tuple[str, str], Mover] = {}
    for row in warehouse.rows("select * from marts.cost_variance_monthly where billing_month = ?", [months.last]):
        mover = Mover(
            renamed.get(row["team"], row["team"]), row["layer"], row["previous_cost_reporting"], row["current_cost_reporting"],
            row["volume_effect_reporting"], row["price_effect_reporting"], row["mix_effect_reporting"],
        )  # fmt: skip
        key = (mover.team, mover.layer)
        if key in merged:
            merged[key].add(mover)
        else:
            merged[key] = mover
    return sorted(merged.values(), key=lambda mover: (-abs(mover.change), mover.team, mover.layer))


def estimates(warehouse: Warehouse) -> list[Row]:
    """Usage newer than its provider's bill: provider, first and last day, cost by the price book, the team that used most of it."""
    return warehouse.rows(
        """
        select provider, min(first_day) as first_day, max(last_day) as last_day, sum(cost) as cost, max_by(team, cost) as team, max(cost) as team_cost
        from (
            select provider, team, min(usage_date) as first_day, max(usage_date) as last_day, sum(effective_cost_reporting) as cost
            from marts.team_costs_daily
            where cost_basis = 'estimated'
            group by all
        )
        group by provider
        order by cost desc, provider
        """
    )


def landed_files(warehouse: Warehouse) -> int | None:
    """How many files of bills and telemetry the last build found; None when it kept no list."""
    if warehouse.missing("staging.landing_files"):
        return None
    return int(warehouse.value("select count(*) from staging.landing_files where source not like 'policy%'"))


def rejected(warehouse: Warehouse, limit: int) -> tuple[list[Row], int, int]:
    """What could not be read: (one row per file and reason: source, file, row (first), rows, is_file, reason), number of whole files, number of rows."""
    found = warehouse.rows(
        """
        select source, source_file as file, min(source_row_number) as first_row, count(*) as rows, kind <> 'row' as is_file, reason
        from marts.quarantined_rows
        group by all
        order by is_file desc, rows desc, source, file, reason
        """
    )
    return found[:limit], sum(row["rows"] for row in found if row["is_file"]), sum(row["rows"] for row in found if not row["is_file"])


def uncosted(warehouse: Warehouse) -> list[Row]:
    """Use no bill line paid for, by layer, provider and reason (why): days, things, and the most used one as an example."""
    return warehouse.rows(
        """
        select
            layer, coalesce(provider, 'unknown') as provider, reason as why, min(usage_date) as first_day, max(usage_date) as last_day,
            count(distinct what) as things, max_by(what, driver_units) as example
        from marts.usage_without_cost
        group by all
        order by first_day, layer, provider, why
        """
    )
