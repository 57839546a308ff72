"""One raw relation per source, whatever its folder holds."""

from __future__ import annotations

import duckdb

from . import parquet_reader
from .conversions import Conversions, identifier, quoted
from .declarations import Declaration
from .discover import LandedFile
from .otlp import otlp_scan
from .scan import LOADER_COLUMNS, Scan, Unreadable, projection
from .text_readers import check_gzip, csv_scan, json_scan

REJECTS = "x_rejects"


def build_raw_table(work, declaration: Declaration, files: list[LandedFile], conversions: Conversions) -> None:
    pending = [file for file in files if file.status == "pending"]
    shapes = _parquet_shapes(work, declaration, [file for file in pending if file.format == "parquet"])
    text_files = [file for file in pending if file.format != "parquet"]
    table, text_table = f"raw.{declaration.table}", f"raw.{declaration.table}__text"
    _drop(work, declaration.table)
    _drop(work, f"{declaration.table}__text")
    if not shapes:
        _create_table(work, declaration, table)
        _load_text(work, declaration, text_files, table, conversions)
        return
    selects = [
        projection(declaration, parquet_reader.parquet_scan(declaration, group, shape), parquet_reader.lineage(group), conversions)
        for shape, group in shapes.items()
    ]
    if text_files:
        _create_table(work, declaration, text_table)
        _load_text(work, declaration, text_files, text_table, conversions)
        selects.insert(0, f"select * from {text_table}")
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


def _parquet_shapes(work, declaration: Declaration, files: list[LandedFile]) -> dict:
    shapes: dict[parquet_reader.ParquetShape, list[LandedFile]] = {}
    for file in files:
        try:
            shape = parquet_reader.inspect(work, file)
            parquet_reader.verify(work, declaration, file, shape)
        except Unreadable as problem:
            file.fail("unreadable", str(problem))
        except (duckdb.Error, OSError) as problem:
            file.fail("unreadable", f"damaged Parquet ({_first_line(problem)}): deliver it again")
        else:
            file.status = "loaded"
            if file.rows_loaded == 0:
                file.reason = "the file holds no rows"
            shapes.setdefault(shape, []).append(file)
    return shapes


def _load_text(work, declaration: Declaration, files: list[LandedFile], table: str, conversions: Conversions) -> None:
    for file in files:
        try:
            if file.compression == "gz":
                check_gzip(file.path)
            if file.format == "csv":
                _load_csv(work, declaration, file, table, conversions)
            else:
                scan = otlp_scan(declaration, file) if declaration.reader == "otlp" else None
                _insert(work, declaration, file, table, scan or json_scan(declaration, file), conversions)
        except Unreadable as problem:
            file.fail("unreadable", str(problem))
        except (duckdb.Error, OSError, UnicodeError) as problem:
            file.fail("unreadable", f"can not be read ({_first_line(problem)}): check the file and deliver it again")
        else:
            _settle(work, file, table)


def _load_csv(work, declaration: Declaration, file: LandedFile, table: str, conversions: Conversions) -> None:
    _drop_rejects(work)
    _insert(work, declaration, file, table, csv_scan(declaration, file, REJECTS), conversions)
    if _rejected(work, "error_type = 'INVALID ENCODING'"):
        # Rejecting the lines would lose their money over one letter; Latin-1 reads any byte.
        work.execute(f"delete from {table} where x_source_file = ?", [file.file_path])
        _drop_rejects(work)
        _insert(work, declaration, file, table, csv_scan(declaration, file, REJECTS, encoding="latin-1"), conversions)
        file.reason = "the file is not UTF-8 and was read as Latin-1: save it as UTF-8 if names look wrong"
    _insert_rejects(work, declaration, file, table)


def _insert(work, declaration: Declaration, file: LandedFile, table: str, scan: Scan, conversions: Conversions) -> None:
    own = {
        "x_source_file": quoted(file.file_path),
        "x_report": quoted(file.report),
        "x_delivery": quoted(file.delivery),
        "x_delivered_at": quoted(str(file.delivered_at)),
    }
    work.execute(f"insert into {table} by name\n" + projection(declaration, scan, own, conversions))


def _drop_rejects(work) -> None:
    work.execute(f"drop table if exists {REJECTS}")
    work.execute(f"drop table if exists {REJECTS}_scans")


def _rejected(work, condition: str) -> int:
    return work.execute(f"select count(*) from {REJECTS} where {condition}").fetchone()[0]


def _insert_rejects(work, declaration: Declaration, file: LandedFile, table: str) -> None:
    """Rejected lines become rows, and the rows after them get the number they have in the file."""
    rejected = work.execute(
        f"select line - 1 as row_number, arg_min(error_type, column_idx), arg_min(error_message, column_idx), any_value(csv_line) from {REJECTS} group by all order by all"
    ).fetchall()
    if not rejected:
        return
    numbers = [number for number, *_ in rejected]
    shifts = [(number - passed, passed + 1) for passed, number in enumerate(numbers)]
    work.execute("create or replace temp table x_shifts (from_row bigint, shift bigint)")
    work.executemany("insert into x_shifts values (?, ?)", shifts)
    work.execute(
        f"update {table} set x_source_row_number = x_source_row_number + "
        "(select max(shift) from x_shifts where from_row <= x_source_row_number) "
        f"where x_source_file = ? and x_source_row_number >= ?",
        [file.file_path, shifts[0][0]],
    )
    work.executemany(
        f"insert into {table} (x_source_file, x_source_row_number, x_report, x_delivery, x_delivered_at, x_reject_reason, x_reject_raw) values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                file.file_path, number, file.report, file.delivery, file.delivered_at,
                f"{kind.lower()}: {message.splitlines()[0]}; correct the line in the export and deliver the file again",
                None if declaration.sensitive else (line or "")[:500],
            )
            for number, kind, message, line in rejected
        ],
    )


def _settle(work, file: LandedFile, table: str) -> None:
    file.rows_loaded, file.rows_rejected = work.execute(
        f"select count(*) filter (where x_reject_reason is null), count(*) filter (where x_reject_reason is not null) from {table} where x_source_file = ?",
        [file.file_path],
    ).fetchone()
    file.status = "loaded"
    if file.rows_loaded == 0:
        file.reason = file.reason or ("the file has a header and no rows" if not file.rows_rejected else "no line of the file could be read: see the rejected rows")


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0][:200] if str(problem).strip() else type(problem).__name__
