"""From a landing folder to the charges that count, without a dbt run: the loader, then the models' own compiled SQL. Half a second instead of twenty, for tests that ask often."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import landing as loader
from landing.declarations import read_declarations

TARGET = "int_charges__latest"
# Where a charge came from may differ; what it says may not.
LINEAGE = {"x_source_file", "x_source_row_number", "x_report", "x_delivery", "x_delivered_at", "x_statement", "x_source_schema"}


class ChargeLab:
    def __init__(self, project_root: Path, build: Callable[..., Path], folder: Path):
        empty = folder / "empty"
        empty.mkdir(parents=True)
        warehouse = build(empty, empty, f"+{TARGET}")
        project = warehouse.parents[1]
        self.root = _bills_only(project_root, folder / "bills_only")
        self.policy = empty
        self.connection = duckdb.connect(str(warehouse))
        self.connection.execute("set TimeZone = 'UTC'")
        self.steps = _tables_in_order(project)
        text = (project_root / "macros" / "staging" / "charge_stream.sql").read_text()
        columns = re.findall(r"'(\w+)'", text.partition("macro charge_columns")[2].partition("endmacro")[0])
        self.columns = [column for column in columns if column not in LINEAGE]

    def charges(self, landing: Path) -> Counter:
        """Every charge that counts, as often as it is there."""
        self.files = loader.load(self.connection, landing, self.policy, self.root)
        for relation, sql in self.steps:
            self.connection.execute(f"create or replace table {relation} as\n{sql}")
        shown = ", ".join(f"cast({column} as varchar)" for column in self.columns)
        return Counter(self.connection.execute(f"select {shown} from intermediate.{TARGET}").fetchall())

    def described(self, charges: Counter) -> str:
        return "\n".join(f"{count} x " + ", ".join(f"{name}={value}" for name, value in zip(self.columns, row) if value is not None) for row, count in charges.items())

    def said(self) -> str:
        names = [name for name, _ in loader.COLUMNS]
        return "\n".join(", ".join(f"{name}={row[names.index(name)]}" for name in ("file_path", "status", "reason", "rows_loaded", "rows_rejected")) for row in self.files)


def _bills_only(project_root: Path, folder: Path) -> Path:
    """A project root in which the loader finds the bills' declarations and nothing else: twenty empty tables less to make each time."""
    (folder / "models" / "staging").mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "macros" / "staging").symlink_to(project_root / "macros" / "staging")
    for path in (project_root / "models" / "staging").iterdir():
        if path.is_dir() and any(path.glob("_*__sources.yml")):
            place = folder / "models" / "staging" / path.name
            place.symlink_to(path)
            if not any(declaration.kind == "bill" for declaration in read_declarations(folder / "models" / "staging") if declaration.table in _tables(path)):
                place.unlink()
    return folder


def _tables(staging: Path) -> set[str]:
    return set(re.findall(r"identifier: (\w+)", "".join(path.read_text() for path in staging.glob("_*__sources.yml"))))


def _tables_in_order(project: Path) -> list[tuple[str, str]]:
    """Name and SQL of every table the target is made of; views are there already, and read whatever the loader put in the schema raw."""
    nodes = json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    found: dict[str, tuple[str, str] | None] = {}

    def visit(name: str) -> None:
        node = nodes.get(name)
        if node is None or name in found or node["resource_type"] != "model":
            return
        for parent in node["depends_on"]["nodes"]:
            visit(parent)
        if node["language"] == "sql" and node["config"]["materialized"] != "view":
            sql = (project / "target" / "compiled" / node["package_name"] / node["original_file_path"]).read_text()
            found[name] = (f"{node['schema']}.{node['alias']}", sql)
        else:
            found[name] = None

    visit(next(name for name in nodes if name.endswith(f".{TARGET}")))
    return [step for step in found.values() if step]
