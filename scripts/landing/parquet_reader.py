"""Parquet stays where it is: files of one shape share one `select` over read_parquet."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from .conversions import identifier, plainness, quoted_path
from .declarations import Declaration
from .discover import LandedFile
from .flattened import flattened_fields
from .scan import Scan, Unreadable, check_required, first_line, flat_fields

_MAGIC = b"PAR1"
_FILES_PER_STATEMENT = 2000


@dataclass(frozen=True)
class ParquetShape:
    columns: tuple[tuple[str, str], ...]  # name and type, in file order


class ParquetReader:
    """Groups readable files by shape, and finds the damaged ones before a model meets them."""

    def __init__(self, work, declaration: Declaration, checked: Checked):
        self.work, self.declaration, self.checked = work, declaration, checked

    def shapes(self, files: list[LandedFile]) -> dict[ParquetShape, list[LandedFile]]:
        complete = [file for file in files if self._is_complete(file)]
        groups: dict[str, list[LandedFile]] = {}
        self._in_statements(complete, lambda chunk: self._group(chunk, groups))
        shapes: dict[ParquetShape, list[LandedFile]] = {}
        for group in groups.values():
            try:
                shape = self._describe(group[0])
                used = self._used_columns(shape)
            except (Unreadable, duckdb.Error) as problem:
                for file in group:
                    file.fail("unreadable", str(problem) if isinstance(problem, Unreadable) else _damaged(problem))
                continue
            self._in_statements([file for file in group if not self.checked.knows(file, used)], lambda chunk, used=used: self._verify(chunk, used))
            good = [file for file in group if file.status == "pending"]
            for file in good:
                file.status = "loaded"
                file.reason = None if file.rows_loaded else "the file holds no rows"
            if good:
                shapes.setdefault(shape, []).extend(good)
        return shapes

    def _is_complete(self, file: LandedFile) -> bool:
        try:
            with file.path.open("rb") as stream:
                start = stream.read(4)
                stream.seek(-min(4, file.bytes), os.SEEK_END)
                complete = start == _MAGIC == stream.read(4)
        except OSError as problem:
            file.fail("unreadable", f"can not be opened ({first_line(problem)}): let the user who runs dbt read it")
            return False
        if not complete:
            file.fail("unreadable", "the file is no complete Parquet file (its first or last bytes are wrong): deliver it again")
        return complete

    def _in_statements(self, files: list[LandedFile], action: Callable[[list[LandedFile]], None]) -> None:
        """Many files at once; when that fails, halving finds the file at fault."""
        for start in range(0, len(files), _FILES_PER_STATEMENT):
            self._halving(files[start : start + _FILES_PER_STATEMENT], action)

    def _halving(self, files: list[LandedFile], action: Callable[[list[LandedFile]], None]) -> None:
        try:
            action(files)
        except (duckdb.Error, OSError) as problem:
            if len(files) == 1:
                files[0].fail("unreadable", _damaged(problem))
                return
            middle = len(files) // 2
            self._halving(files[:middle], action)
            self._halving(files[middle:], action)

    def _group(self, files: list[LandedFile], groups: dict[str, list[LandedFile]]) -> None:
        by_path = {str(file.path): file for file in files}
        footers = self.work.execute(
            "select file_name, md5(cast(list((name, type, type_length, num_children, converted_type, scale, precision, logical_type)) as varchar)) "
            f"from parquet_schema({_paths(files)}) group by file_name"
        ).fetchall()
        signatures = dict(footers)
        for path, file in by_path.items():
            groups.setdefault(signatures[path], []).append(file)

    def _describe(self, file: LandedFile) -> ParquetShape:
        rows = self.work.execute(f"describe select * from {_read([file])}").fetchall()
        return ParquetShape(tuple((name, data_type) for name, data_type, *_ in rows))

    def _used_columns(self, shape: ParquetShape) -> dict[str, str]:
        expressions = " ".join(expression for expression, _ in parquet_scan(self.declaration, [], shape).fields.values())
        return {identifier(name): data_type for name, data_type in shape.columns if identifier(name) in expressions}

    def _verify(self, files: list[LandedFile], used: dict[str, str]) -> None:
        """Decodes every used column once: a hash can not be answered from the footer, a count can. The same pass finds the columns that need no mending (see Plain)."""
        facts = ", ".join(f"bit_xor(hash({column})), {plainness(column, data_type)}" for column, data_type in used.items())
        rows = self.work.execute(f"select file_index, count(*){', ' * bool(used)}{facts} from {_read(files)} group by file_index").fetchall()
        found = {index: (count, plain) for index, count, *plain in rows}
        for index, file in enumerate(files):
            file.rows_loaded, plain = found.get(index, (0, [True] * 2 * len(used)))
            file.plain_columns = frozenset(column for column, is_plain in zip(used, plain[1::2]) if is_plain)
            self.checked.add(file, used)


class Checked:
    """Files found sound in an earlier load of this warehouse, unchanged since: large ones need not be decoded again."""

    _TABLE = "raw.x_parquet_files"

    def __init__(self, work):
        self.work = work
        work.execute(f"create table if not exists {self._TABLE} (path varchar, bytes bigint, modified_ns bigint, columns varchar, row_count bigint, plain_columns varchar[])")
        self._known = {tuple(key): (rows, plain) for *key, rows, plain in work.execute(f"from {self._TABLE}").fetchall()}
        self._found: dict[tuple, tuple[int, list[str]]] = {}

    @staticmethod
    def _key(file: LandedFile, used: dict[str, str]) -> tuple:
        return (str(file.path), file.bytes, file.path.stat().st_mtime_ns, ", ".join(used))

    def knows(self, file: LandedFile, used: dict[str, str]) -> bool:
        key = self._key(file, used)
        facts = self._found.get(key, self._known.get(key))
        if facts is None:
            return False
        self._found[key] = facts
        file.rows_loaded, file.plain_columns = facts[0], frozenset(facts[1])
        return True

    def add(self, file: LandedFile, used: dict[str, str]) -> None:
        self._found[self._key(file, used)] = (file.rows_loaded, sorted(file.plain_columns))

    def save(self) -> None:
        self.work.execute(f"truncate {self._TABLE}")
        rows = [(*key, *facts) for key, facts in self._found.items()]
        if rows:
            self.work.executemany(f"insert into {self._TABLE} values (?, ?, ?, ?, ?, ?)", rows)


def parquet_scan(declaration: Declaration, files: list[LandedFile], shape: ParquetShape) -> Scan:
    headers = [(name, identifier(name), data_type) for name, data_type in shape.columns]
    fields = flattened_fields(declaration, headers) if declaration.reader == "otlp" else flat_fields(declaration, headers)
    check_required(declaration, fields, [name for name, _ in shape.columns])
    plain = frozenset.intersection(*[file.plain_columns for file in files]) if files else frozenset()
    return Scan(rows=_read(files), fields=fields, row_number="file_row_number + 1", plain=plain)


def _damaged(problem: Exception) -> str:
    return f"damaged Parquet ({first_line(problem)}): deliver it again"


def _paths(files: list[LandedFile]) -> str:
    return "[" + ", ".join(quoted_path(file.path) for file in files) + "]"


def _read(files: list[LandedFile]) -> str:
    # hive_partitioning off: a value in a folder name must not hide the column of the same name.
    return f"read_parquet({_paths(files)}, hive_partitioning = false, union_by_name = false, binary_as_string = true)"
