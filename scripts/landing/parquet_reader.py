"""Parquet stays where it is: files of one shape share one `select` over read_parquet."""

from __future__ import annotations

from dataclasses import dataclass

from .conversions import identifier, quoted
from .declarations import Declaration
from .discover import LandedFile
from .otlp import flattened_fields
from .scan import Scan, Unreadable, check_required, flat_fields

_MAGIC = b"PAR1"


@dataclass(frozen=True)
class ParquetShape:
    columns: tuple[tuple[str, str], ...]  # name and type, in file order


def inspect(work, file: LandedFile) -> ParquetShape:
    """Columns of one file; counts its rows. Raises Unreadable when footer or pages are damaged."""
    with file.path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(file.bytes - 4, 0))
        if start != _MAGIC or stream.read(4) != _MAGIC:
            raise Unreadable("the file is no complete Parquet file (its first or last bytes are wrong): deliver it again")
    source = _read([file])
    shape = ParquetShape(tuple((name, data_type) for name, data_type, *_ in work.execute(f"describe select * from {source}").fetchall()))
    return shape


def verify(work, declaration: Declaration, file: LandedFile, shape: ParquetShape) -> None:
    """Decodes every used column once. A damaged page would otherwise stop the run much later, in a model that only wanted to sum."""
    scan = parquet_scan(declaration, [file], shape)
    used = [identifier(name) for name, _ in shape.columns if any(identifier(name) in expression for expression, _ in scan.fields.values())]
    counts = ", ".join(f"count({column})" for column in used)
    file.rows_loaded = work.execute(f"select count(*){', ' + counts if counts else ''} from {_read([file])}").fetchone()[0]


def parquet_scan(declaration: Declaration, files: list[LandedFile], shape: ParquetShape) -> Scan:
    headers = [(name, identifier(name), data_type) for name, data_type in shape.columns]
    fields = flattened_fields(declaration, headers) if declaration.reader == "otlp" else flat_fields(declaration, headers)
    check_required(declaration, fields, [name for name, _ in shape.columns])
    return Scan(rows=_read(files), fields=fields, row_number="file_row_number + 1")


def _read(files: list[LandedFile]) -> str:
    # hive_partitioning off: a value in a folder name must not hide the column of the same name.
    paths = ", ".join(quoted(str(file.path)) for file in files)
    return f"read_parquet([{paths}], hive_partitioning = false, union_by_name = false, binary_as_string = true)"
