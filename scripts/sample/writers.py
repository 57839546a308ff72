"""Files with the same bytes for the same content: Parquet, CSV, JSON lines, gzip without a time stamp."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TIMESTAMP = pa.timestamp("ms")


def timestamps(milliseconds) -> pa.Array:
    """Milliseconds since 1970 as Arrow timestamps; negative means unknown."""
    values = np.asarray(milliseconds, dtype=np.int64)
    return pa.array(values, type=TIMESTAMP, mask=values < 0)


def dates(days) -> pa.Array:
    """Days since 1970 as Arrow dates."""
    return pa.array(np.asarray(days, dtype=np.int32), type=pa.date32())


def strings(values) -> pa.Array:
    """Text; None, NaN and empty text are null."""
    if isinstance(values, pd.Series):
        values = values.to_numpy(dtype=object)
    return pa.array([None if v is None or v == "" or v != v else str(v) for v in values], type=pa.string())


def maps(values, parse) -> pa.Array:
    """A MAP column from few distinct values; `parse` turns one of them into pairs."""
    codes, distinct = pd.factorize(pd.Series(values, dtype=object), sort=True)
    column = pa.array([parse(v) for v in distinct], type=pa.map_(pa.string(), pa.string()))
    return column.take(pa.array(codes))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Parquet with snappy compression."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="snappy", store_schema=False)


def csv_bytes(table: pa.Table, connection: duckdb.DuckDBPyConnection, scratch: Path) -> bytes:
    """CSV with plain decimals (DuckDB writes them so; Arrow would use exponents)."""
    connection.register("csv_rows", table)
    target = scratch / f"csv-{os.getpid()}.csv"
    connection.execute(f"copy csv_rows to '{target}' (format csv, header, timestampformat '%Y-%m-%dT%H:%M:%SZ')")
    connection.unregister("csv_rows")
    content = target.read_bytes()
    target.unlink()
    return content


def write_bytes(content: bytes, path: Path) -> None:
    """Write as is, or as gzip where the name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith(".gz"):
        buffer = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=6) as packed:
            packed.write(content)
        content = buffer.getvalue()
    path.write_bytes(content)


def write_csv(table: pa.Table, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """CSV or CSV.gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(csv_bytes(table, connection, path.parent), path)


def write_lines(lines: list[str], path: Path) -> None:
    """Text lines, gzip where the name ends in .gz."""
    write_bytes(("\n".join(lines) + "\n").encode(), path)
