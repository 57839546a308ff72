"""A second, clean copy of a CSV file DuckDB can not read well: other encodings, mixed line ends, and quotes that never close.

A line whose quote does not close costs itself and not its neighbours.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .discover import LandedFile
from .text_readers import Layout

LONGEST_RECORD = 200  # lines one quoted value may span before its quote counts as never closed
PLACEHOLDER = "unreadable"  # one field where many are due: the reader rejects it and keeps counting


@contextmanager
def mended_copy(file: LandedFile, layout: Layout) -> Iterator[tuple[Path, dict[int, str]]]:
    """A copy in UTF-8 with one kind of line end and a placeholder for each line that opens a quote and never closes it; and those lines, by data row."""
    broken: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mended.csv"
        with _lines(file, layout.encoding) as lines, copy.open("w", encoding="utf-8", newline="") as out:
            for number, (record, is_good) in enumerate(_records(lines, layout)):
                if is_good:
                    out.write(record)
                else:
                    broken[number] = record
                    out.write(PLACEHOLDER + "\n")
        yield copy, broken


@contextmanager
def _lines(file: LandedFile, encoding: str) -> Iterator[Iterator[str]]:
    opener = gzip.open if file.compression == "gz" else open
    with opener(file.path, "rb") as stream:
        text = io.TextIOWrapper(stream, encoding={"utf-8": "utf-8-sig"}.get(encoding, encoding), errors="replace", newline="")
        yield (line.rstrip("\r\n") + "\n" for line in text)


def _records(lines: Iterator[str], layout: Layout) -> Iterator[tuple[str, bool]]:
    """Records as written, the header first, each with whether it can stand. A bad record is one line: what follows it is tried again."""
    waiting: deque[str] = deque()
    source = iter(lines)

    def more() -> bool:
        line = next(source, None)
        if line is not None:
            waiting.append(line)
        return line is not None

    while waiting or more():
        length, quotes = 0, 0
        while True:
            quotes += waiting[length].count('"')
            length += 1
            if quotes % 2 == 0 or length == LONGEST_RECORD or (length == len(waiting) and not more()):
                break
        record = "".join(waiting[index] for index in range(length))
        if length == 1 or (quotes % 2 == 0 and _fits(record, layout)):
            # A single line with balanced quotes is left to the reader, which rejects it by itself if need be.
            yield record, quotes % 2 == 0
            for _ in range(length):
                waiting.popleft()
        else:
            yield waiting.popleft(), False


def _fits(record: str, layout: Layout) -> bool:
    try:
        rows = list(csv.reader(record.splitlines(keepends=True), delimiter=layout.delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == len(layout.header)
