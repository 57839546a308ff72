"""Loads text files into a raw table: files laid out alike in one statement, each rejected line as a row."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb

from . import mending
from .conversions import Conversions
from .declarations import Declaration, normalised
from .discover import LandedFile
from .otlp import otlp_scan
from .pages import pages_scan, refuse_error_answers
from .scan import Scan, Unreadable, first_line, lineage, projection
from .text_readers import Layout, csv_scan, json_scan, layout_of, numbered_lines

FILES_PER_STATEMENT = 2000
REJECTS = "x_rejects"


def _spelled_alike(keys: list[str], spellings: dict[str, set[str]]) -> bool:
    """One statement knows one spelling of a JSON key: files that write billed_cost and BilledCost are read apart."""
    return all(key in spellings.get(normalised(key), {key}) for key in keys)


class TextLoader:
    def __init__(self, work, declaration: Declaration, table: str, conversions: Conversions):
        self.work, self.declaration, self.table, self.conversions = work, declaration, table, conversions

    def load(self, files: list[LandedFile]) -> None:
        groups: dict[Layout, list[LandedFile]] = {}
        keys: dict[Layout, dict[str, None]] = {}
        spellings: dict[Layout, dict[str, set[str]]] = {}
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            planned = list(pool.map(self._plan, files))
        for file, plan in zip(files, planned):
            if plan:
                layout, seen = plan
                while not _spelled_alike(seen, spellings.setdefault(layout, {})):
                    layout = replace(layout, spelling=layout.spelling + 1)
                for key in seen:
                    spellings[layout].setdefault(normalised(key), set()).add(key)
                groups.setdefault(layout, []).append(file)
                keys.setdefault(layout, {}).update(dict.fromkeys(seen))
        for layout, members in groups.items():
            for start in range(0, len(members), FILES_PER_STATEMENT):
                self._load_group(layout, list(keys[layout]), members[start : start + FILES_PER_STATEMENT])
        self._settle(files)

    def _plan(self, file: LandedFile) -> tuple[Layout, list[str]] | None:
        try:
            return layout_of(self.declaration, file)
        except Unreadable as problem:
            file.fail("unreadable", str(problem))
        except (OSError, UnicodeError, EOFError) as problem:
            file.fail("unreadable", f"can not be read ({first_line(problem, self.declaration)}): check the file and deliver it again")
        return None

    def _load_group(self, layout: Layout, keys: list[str], files: list[LandedFile]) -> None:
        try:
            if layout.kind == "csv":
                self._load_csv(layout, files)
            elif layout.needs_copy:
                for file in files:
                    self._load_copy(layout, keys, file)
            elif layout.kind == "otlp":
                self._insert(files, otlp_scan(self.declaration, layout, files))
            elif layout.kind == "pages":
                self._insert(files, pages_scan(self.declaration, layout, files, keys))
                refuse_error_answers(self.work, self.table, files)
                self._keep_broken_lines(layout, files)
            else:
                self._insert(files, json_scan(self.declaration, layout, files, keys))
                self._keep_broken_lines(layout, files)
        except (duckdb.Error, OSError, UnicodeError) as problem:
            # A failed statement has inserted nothing. Halving finds the file at fault and loads the rest.
            if len(files) == 1 and layout.kind == "csv" and not layout.needs_copy:
                self._load_group(replace(layout, needs_copy=True), keys, files)  # line ends of two kinds, for one, stop DuckDB
                return
            if len(files) == 1:
                files[0].fail("unreadable", f"can not be read ({first_line(problem, self.declaration)}): check the file and deliver it again")
                return
            middle = len(files) // 2
            self._load_group(layout, keys, files[:middle])
            self._load_group(layout, keys, files[middle:])

    def _load_copy(self, layout: Layout, keys: list[str], file: LandedFile) -> None:
        with mending.plain_copy(file, layout.encoding) as copy:
            stand_in = replace(file, path=copy, compression=None)
            self._load_group(replace(layout, needs_copy=False), keys, [stand_in])
        if stand_in.status != file.status:
            file.fail(stand_in.status, stand_in.reason)

    def _insert(self, files: list[LandedFile], scan: Scan, number_rows: bool = True) -> None:
        self.work.execute(f"insert into {self.table} by name\n" + projection(self.declaration, scan, lineage(files), self.conversions))
        if number_rows:
            self._number_rows(files, scan)

    def _number_rows(self, files: list[LandedFile], scan: Scan) -> None:
        """Rows were inserted in file order: a row's number is its distance from the first row of its file. A window function would give it too, on one thread."""
        counted = "x_source_row_number" if scan.row_number else "rowid"
        self.work.execute(
            f"update {self.table} as loaded set x_source_row_number = {counted} - starts.first_row + 1 "
            f"from (select x_source_file, min({counted}) as first_row from {self.table} where x_source_file in (select unnest(?)) group by x_source_file) as starts "
            "where loaded.x_source_file = starts.x_source_file",
            [[file.file_path for file in files]],
        )

    def _keep_broken_lines(self, layout: Layout, files: list[LandedFile]) -> None:
        """The JSON reader gives a broken line as null. Its text, unless it may hold prompts, is fetched from the file: broken lines are few."""
        if self.declaration.sensitive or layout.json_format != "newline_delimited":
            return
        by_path = {file.file_path: file for file in files}
        kind = "the line is not valid%" if layout.kind == "pages" else "the line is%"  # an element that is no object is no line
        broken = self.work.execute(
            f"select x_source_file, list(x_source_row_number) from {self.table} where x_reject_reason like '{kind}' and x_source_file in (select unnest(?)) group by all",
            [list(by_path)],
        ).fetchall()
        for path, numbers in broken:
            lines = self._broken_lines(layout, by_path[path], sorted(numbers))
            self.work.execute(
                f"update {self.table} as loaded set x_reject_raw = lines.line from (select unnest(?) as number, unnest(?) as line) as lines "
                "where loaded.x_source_file = ? and loaded.x_source_row_number = lines.number",
                [list(lines), list(lines.values()), path],
            )

    def _broken_lines(self, layout: Layout, file: LandedFile, numbers: list[int]) -> dict[int, str]:
        if layout.kind != "pages":
            return {number: text[:500] for number, text in numbered_lines(file) if number in set(numbers)}
        # A page is many rows: its number does not tell its line. Broken lines are in the same order in both.
        broken = self.work.execute(
            "select line[:500] from (select unnest(?) as number, unnest(?) as line) where not json_valid(line) order by number",
            [list(column) for column in zip(*numbered_lines(file))],
        ).fetchall()
        return dict(zip(numbers, (line for (line,) in broken)))

    # CSV

    def _load_csv(self, layout: Layout, files: list[LandedFile]) -> None:
        if layout.needs_copy:
            for file in files:
                self._load_mended(layout, file)
            return
        rejects = self._read_csv(layout, files)
        by_path = {str(file.path): file for file in files}
        wrong_encoding = {path for path, _, kind, _, _ in rejects if kind == "INVALID ENCODING"}
        swallowed = {path for path, _, _, _, line in rejects if line and "\n" in line.strip("\r\n")} - wrong_encoding
        again = wrong_encoding | swallowed
        for path in again:
            self.work.execute(f"delete from {self.table} where x_source_file = ?", [by_path[path].file_path])
        self._keep_rejects([reject for reject in rejects if reject[0] not in again], by_path)
        for path in sorted(again):
            self._load_mended(layout, by_path[path])

    def _read_csv(self, layout: Layout, files: list[LandedFile]) -> list[tuple]:
        """Inserts what can be read; returns (path, data row, kind, message, line) of what can not."""
        self.work.execute(f"drop table if exists {REJECTS}")
        self.work.execute(f"drop table if exists {REJECTS}_scans")
        self._insert(files, csv_scan(self.declaration, layout, files, REJECTS))
        return self.work.execute(
            f"select file_path, line - 1, arg_min(error_type, coalesce(column_idx, 0)), arg_min(error_message, coalesce(column_idx, 0)), any_value(csv_line) "
            f"from {REJECTS} inner join {REJECTS}_scans using (scan_id, file_id) group by all order by all"
        ).fetchall()

    def _load_mended(self, layout: Layout, file: LandedFile) -> None:
        """From a clean copy. A quote that is never closed makes the reader swallow good lines: there such a line is replaced, and the rest comes through."""
        with mending.mended_copy(file, layout) as mended:
            stand_in = replace(file, path=mended.path, compression=None)
            rejects = self._read_csv(replace(layout, encoding="utf-8"), [stand_in])
        if mended.latin_lines:
            file.reason = f"{mended.latin_lines:,} lines are not UTF-8 and were read as Latin-1: save the file as UTF-8 if names look wrong"
        self._keep_rejects(
            [(path, number, *mended.broken.get(number, (kind, message, line))) for path, number, kind, message, line in rejects], {str(mended.path): stand_in}
        )

    def _keep_rejects(self, rejects: list[tuple], by_path: dict[str, LandedFile]) -> None:
        """Rejected lines become rows, and the rows after them get the number they have in the file."""
        for path in dict.fromkeys(reject[0] for reject in rejects):
            file = by_path[path]
            own = [reject for reject in rejects if reject[0] == path]
            self._shift(file, [number for _, number, *_ in own])
            for start in range(0, len(own), 10000):
                self._insert_rejects(file, own[start : start + 10000])

    def _shift(self, file: LandedFile, rejected: list[int]) -> None:
        # After n rejected lines the (number - n)th accepted row is the first behind the next rejected one.
        steps = [(number - passed, passed + 1) for passed, number in enumerate(rejected)]
        self.work.execute(
            f"update {self.table} set x_source_row_number = x_source_row_number + ("
            "select max(step.shift) from (select unnest(?) as from_row, unnest(?) as shift) as step where step.from_row <= x_source_row_number"
            ") where x_source_file = ? and x_source_row_number >= ?",
            [[row for row, _ in steps], [shift for _, shift in steps], file.file_path, steps[0][0]],
        )

    def _insert_rejects(self, file: LandedFile, rejects: list[tuple]) -> None:
        reasons = [f"{kind.lower()}: {message.splitlines()[0]}; correct the line in the export and deliver the file again" for _, _, kind, message, _ in rejects]
        raws = [None if self.declaration.sensitive else (line or "")[:500] for *_, line in rejects]
        self.work.execute(
            f"insert into {self.table} (x_source_row_number, x_reject_reason, x_reject_raw, x_source_file, x_report, x_delivery, x_delivered_at) "
            "select unnest(?), unnest(?), unnest(?), ?, ?, ?, ?",
            [[number for _, number, *_ in rejects], reasons, raws, file.file_path, file.report, file.delivery, file.delivered_at],
        )

    # Counts

    def _settle(self, files: list[LandedFile]) -> None:
        counts = {
            path: (loaded, rejected)
            for path, loaded, rejected in self.work.execute(
                f"select x_source_file, count(*) filter (where x_reject_reason is null), count(*) filter (where x_reject_reason is not null) from {self.table} group by all"
            ).fetchall()
        }
        for file in files:
            if file.status == "pending":
                file.status = "loaded"
                file.rows_loaded, file.rows_rejected = counts.get(file.file_path, (0, 0))
                if file.rows_loaded == 0 and not file.reason:
                    file.reason = "no line of the file could be read: see its rejected rows" if file.rows_rejected else "the file has a header and no rows"
