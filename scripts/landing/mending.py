"""A second, clean copy of a text file DuckDB can not read well: other encodings, mixed line ends, zero bytes, and quotes that never close.

A bad line costs itself and not its neighbours.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .discover import LandedFile
from .text_readers import Layout

UNCLOSED = ("UNQUOTED VALUE", "a quote is opened and not closed")
ZERO_BYTE = ("ZERO BYTE", "the line holds a zero byte, as where a copy broke off")
LONGEST_RECORD = 200  # lines one quoted value may span before its quote counts as never closed
PLACEHOLDER = "unreadable"  # one field where many are due: the reader rejects it and keeps counting


@dataclass
class Mended:
    """What became of a file on its way into the copy."""

    path: Path
    broken: dict[int, tuple[str, str, str]]  # data row -> kind, message, line
    latin_lines: int = 0


@contextmanager
def mended_copy(file: LandedFile, layout: Layout) -> Iterator[Mended]:
    """A copy in UTF-8 with one kind of line end and a placeholder for each line that opens a quote and never closes it, or holds a zero byte; and those lines, by data row."""
    with tempfile.TemporaryDirectory() as folder:
        mended = Mended(Path(folder) / "mended.csv", {})
        with _lines(file, layout.encoding, mended) as lines, mended.path.open("w", encoding="utf-8", newline="") as out:
            for number, (record, is_good) in enumerate(_records(lines, layout)):
                if is_good and "\x00" not in record:
                    out.write(record)
                else:
                    mended.broken[number] = (*(UNCLOSED if "\x00" not in record else ZERO_BYTE), record.replace("\x00", "")[:500])
                    out.write(PLACEHOLDER + "\n")
        yield mended


@contextmanager
def plain_copy(file: LandedFile, encoding: str) -> Iterator[Path]:
    """A copy in UTF-8 without a byte order mark."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.json"
        with _lines(file, encoding) as lines, copy.open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
        yield copy


@contextmanager
def _lines(file: LandedFile, encoding: str, mended: Mended | None = None) -> Iterator[Iterator[str]]:
    opener = gzip.open if file.compression == "gz" else open
    with opener(file.path, "rb") as stream:
        if encoding == "utf-8":
            text = _decoded(stream, mended)
        else:
            text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        yield (line.rstrip("\r\n").removeprefix("\ufeff") + "\n" for line in text)


def _decoded(stream: IO[bytes], mended: Mended | None) -> Iterator[str]:
    """Line by line: Latin-1 reads any byte, and must not spoil the names in lines that are good UTF-8."""
    for raw in stream:
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            line = raw.decode("latin-1")
            if mended:
                mended.latin_lines += 1
        # A line may end in \r alone, which binary lines do not know.
        yield from io.StringIO(line, newline="")


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
