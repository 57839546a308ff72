"""One raw relation per source, whatever its folder holds."""

from __future__ import annotations

from . import manifests
from .conversions import Conversions, identifier
from .declarations import Declaration
from .discover import LandedFile, count_twins
from .parquet_reader import Checked, ParquetReader, parquet_scan
from .scan import LOADER_COLUMNS, lineage, projection
from .text_tables import TextLoader


def build_raw_table(work, declaration: Declaration, files: list[LandedFile], conversions: Conversions, checked: Checked) -> None:
    """Text only: a table. Parquet only: a view, nothing copied. Both: a view over the two. Nothing: an empty table of the declared shape."""
    _load(work, declaration, files, conversions, checked)
    # Rare: a manifest's row counts, or a file that could not be read, make a delivery wait; or a copy was left out for a file that does not count.
    while manifests.demote(files) | count_twins(files):
        for file in files:
            if file.status == "loaded":
                file.load_again()
        _load(work, declaration, files, conversions, checked)


def _load(work, declaration: Declaration, files: list[LandedFile], conversions: Conversions, checked: Checked) -> None:
    pending = [file for file in files if file.status == "pending"]
    shapes = ParquetReader(work, declaration, checked).shapes([file for file in pending if file.format == "parquet"])
    text_files = [file for file in pending if file.format != "parquet"]
    table, text_table = f"raw.{declaration.table}", f"raw.{declaration.table}__text"
    _drop(work, declaration.table)
    _drop(work, f"{declaration.table}__text")
    if not shapes:
        _create_table(work, declaration, table)
        TextLoader(work, declaration, table, conversions).load(text_files)
        return
    selects = []
    if text_files:
        _create_table(work, declaration, text_table)
        TextLoader(work, declaration, text_table, conversions).load(text_files)
        selects.append(f"select * from {text_table}")
    for shape, group in shapes.items():
        scan = parquet_scan(declaration, group, shape)
        selects.append(projection(declaration, scan, lineage(group), conversions))
    work.execute(f"create view {table} as\n" + "\nunion all\n".join(selects))


def _drop(work, name: str) -> None:
    kinds = work.execute(
        "select table_type from information_schema.tables where table_catalog = current_database() and table_schema = 'raw' and table_name = ?", [name]
    ).fetchall()
    for (kind,) in kinds:
        work.execute(f"drop {'view' if kind == 'VIEW' else 'table'} raw.{name}")


def _create_table(work, declaration: Declaration, table: str) -> None:
    columns = [(column.name, column.data_type) for column in declaration.columns] + list(LOADER_COLUMNS)
    work.execute(f"create table {table} (" + ", ".join(f"{identifier(name)} {data_type}" for name, data_type in columns) + ")")
