"""Loads every landed file into the schema `raw`, and says what became of each.

One folder of the landing root is one source; its shape is declared once, in the sources YAML under models/staging. The loader
reads what it can and never stops at what it cannot: an unreadable file is a row with its reason, a bad line is a row with its
reason, and both name the fix. Text files become tables; Parquet stays where it is, behind a view.

    load(connection, landing_root, policy_root, project_root) -> list of file rows, in the order of COLUMNS
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from .conversions import Conversions
from .declarations import read_declarations
from .discover import discover
from .losses import mark_losses
from .parquet_reader import Checked
from .tables import build_raw_table

COLUMNS = (
    ("source", "varchar"),
    ("file_path", "varchar"),
    ("bytes", "bigint"),
    ("format", "varchar"),
    ("status", "varchar"),
    ("reason", "varchar"),
    ("rows_loaded", "bigint"),
    ("rows_rejected", "bigint"),
    ("report", "varchar"),
    ("delivery", "varchar"),
    ("delivered_at", "timestamp"),
    ("loaded_at", "timestamp"),
    ("rows_lost", "bigint"),
)


def load(connection, landing_root: Path, policy_root: Path, project_root: Path) -> list[tuple]:
    # A cursor of its own commits statement by statement: one failing file then aborts its own insert and nothing else.
    work = connection.cursor()
    try:
        work.execute("set preserve_insertion_order = true")  # rows are numbered by the order of insertion
        work.execute("create schema if not exists raw")
        declarations = read_declarations(project_root / "models" / "staging")
        conversions = Conversions(project_root / "macros" / "staging")
        files = discover(declarations, Path(landing_root), Path(policy_root))
        checked = Checked(work)
        for declaration in declarations:
            build_raw_table(work, declaration, [file for file in files if file.declaration is declaration], conversions, checked)
        checked.save()
        mark_losses(work, files)
    finally:
        work.close()
    loaded_at = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    return [file.as_row(loaded_at) for file in files]
