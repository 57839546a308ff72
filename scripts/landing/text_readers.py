"""CSV (and its relatives) and JSON: how each file is laid out, and one scan for all files laid out alike."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .conversions import identifier, quoted, quoted_path
from .declarations import Declaration, normalised, spellings
from .discover import LandedFile
from .flattened import flattened_fields
from .kept import kept_only
from .scan import Scan, Unreadable, check_required, flat_fields, json_field

SAMPLE_BYTES = 1 << 16
SAMPLE_DOCUMENTS = 50
DELIMITERS = (",", ";", "\t", "|", " ")
LONGEST_OBJECT = 1 << 25  # bytes of one JSON document; an OTLP batch can be large
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:')
ENVELOPE = "resourceSpans"  # an OTLP document, to be exploded
GZIP = b"\x1f\x8b"
KINDS = (
    (GZIP, "a gzip file", "add .gz to its name"),
    (b"PK\x03\x04", "a ZIP archive or a workbook", "unpack it, or save the sheet as CSV"),
    (b"PAR1", "a Parquet file", "call it .parquet"),
    (b"BZh", "packed with bzip2", "unpack it"),
    (b"\xfd7zXZ", "packed with xz", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it"),
    (b"%PDF", "a PDF", "export the same as CSV"),
)
ERROR_KEYS = {"error", "errors", "errorcode", "errormessage", "message", "code", "status", "statuscode", "detail", "details", "fault", "type", "requestid", "title", "traceid"}


@dataclass(frozen=True)
class Layout:
    """What files must share to be read in one statement."""

    kind: str  # csv, json, pages or otlp
    delimiter: str = ","
    header: tuple[str, ...] = ()
    encoding: str = "utf-8"
    needs_copy: bool = False  # DuckDB can not read it as it is
    json_format: str = "newline_delimited"
    spelling: int = 0  # JSON files of one layout whose keys are spelled otherwise


@dataclass
class Look:
    """What every byte of a text file told."""

    has_zero: bool = False  # zero bytes, which are where a copy broke off
    is_open: bool = False  # a quote never closes
    ends: set[str] = field(default_factory=set)  # how lines end: \n, \r\n, \r

    def at(self, block: bytes, before: bytes) -> None:
        """Takes one more block; before is the last byte of the one ahead of it."""
        self.has_zero = self.has_zero or b"\x00" in block
        self.is_open ^= bool(np.count_nonzero(np.frombuffer(block, np.uint8) == ord('"')) % 2)
        returns, across = block.count(b"\r"), before == b"\r"
        if not returns and not across:
            self.ends |= {"\n"} if b"\n" in block else set()
            return
        pairs = block.count(b"\r\n") + (across and block[:1] == b"\n")
        self.ends |= {"\r\n"} if pairs else set()
        self.ends |= {"\n"} if block.count(b"\n") > pairs else set()
        # A return at the end of a block is judged with the next one.
        self.ends |= {"\r"} if returns + across - (block[-1:] == b"\r") > pairs else set()


def look_through(file: LandedFile) -> Look:
    """DuckDB 1.5 says nothing of a gzip file that breaks off (half a bill would pass for a whole one) and, when it reads several files at once, of the lines behind a quote that never
    closes."""
    look, before = Look(), b""
    if file.compression == "gz":
        _refuse_other_kinds(_first_bytes(file.path), packed=True)
    elif file.format == "json":
        return look
    try:
        with gzip.open(file.path) if file.compression == "gz" else file.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                look.at(block, before)
                before = block[-1:]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(f"the gzip file is damaged or cut off ({error}): deliver it again") from error
    if before == b"\r":
        look.ends.add("\r")
    return look


def layout_of(declaration: Declaration, file: LandedFile) -> tuple[Layout, list[str]]:
    """The layout of a text file, and the top-level JSON keys seen at its start."""
    look = look_through(file)
    head = _sample(file)
    encoding = _encoding(head)
    text = head.decode({"utf-8": "utf-8-sig"}.get(encoding, encoding), errors="replace")
    if text.lstrip()[:1] == "<":
        raise Unreadable(f"the file is an HTML or XML page and no export ({_shortened(text, declaration, 'it begins ')}): the download was refused or broke off. Download it again")
    if file.format == "csv":
        if not text.strip():
            raise Unreadable("the file holds no header: deliver it again, or delete it")
        delimiter, header = _dialect(declaration, text)
        # DuckDB 1.5 reads UTF-16 in one byte order only, and lines of one kind of end only.
        needs_copy = look.has_zero or "\r" in look.ends or len(look.ends) > 1 or look.is_open and delimiter != " " or encoding != "utf-8"
        layout = Layout("csv", delimiter, header, encoding, needs_copy=needs_copy)
        fields = _csv_fields(declaration, layout)
        if len(header) == 1 and not fields:
            raise Unreadable(f"the header is a single column ({_shortened(header[0], declaration)}): write one line of column names, separated by commas, semicolons, tabs or bars")
        check_required(declaration, fields, header)
        return layout, []
    # DuckDB reads JSON in UTF-8 without a byte order mark only.
    copied = {"encoding": encoding, "needs_copy": True} if encoding != "utf-8" or head.startswith(b"\xef\xbb\xbf") else {}
    if declaration.explode:
        layout, keys = _pages_layout(declaration, text)
        return replace(layout, **copied), keys
    json_format = _json_format(text)
    keys = _top_level_keys(text, json_format)
    if keys and not declaration.sensitive and {normalised(key) for key in keys} <= ERROR_KEYS:
        raise Unreadable(f"the file is an error message and no export ({_shortened(text, declaration)}): the request was refused. Fetch it again")
    if declaration.reader == "otlp" and ENVELOPE in keys:
        return Layout("otlp", json_format=json_format, **copied), keys
    if keys:
        check_required(declaration, [column.name for column in declaration.columns if _seen(declaration, column.name, keys)], keys)
    return Layout("json", json_format=json_format, **copied), keys


def _shortened(text: str, declaration: Declaration, lead: str = "") -> str:
    if declaration.sensitive:
        return "its text is not shown: it may hold prompts"
    return lead + "'" + " ".join(text.split())[:60] + "'"


def _sample(file: LandedFile) -> bytes:
    opener = gzip.open if file.compression == "gz" else open
    with opener(file.path, "rb") as stream:
        return stream.read(SAMPLE_BYTES)


def numbered_lines(file: LandedFile) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, counted from 1 as the JSON reader counts them."""
    opener = gzip.open if file.compression == "gz" else open
    with opener(file.path, "rb") as stream:
        yield from enumerate((line.decode("utf-8", errors="replace").rstrip("\r\n") for line in stream if line.strip()), start=1)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(8)


def _refuse_other_kinds(head: bytes, packed: bool = False) -> None:
    for magic, kind, fix in KINDS:
        if head.startswith(magic) and not (packed and magic == GZIP):
            raise Unreadable(f"the file is {kind}, whatever its name says: {fix}")
    if packed and not head.startswith(GZIP):
        raise Unreadable("the file is no gzip file, whatever its name says: take .gz off its name, or deliver it again")


def _encoding(head: bytes) -> str:
    _refuse_other_kinds(head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = head.count(b"\x00")
    if b"\x00" in head.partition(b"\n")[0]:
        # Every other byte of plain text in UTF-16 is zero, and a byte order mark is not always written.
        for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
            if zeros > len(head) // 3 and head[start::2].count(b"\x00") > 0.9 * zeros:
                return encoding
        raise Unreadable("the file holds binary data, not text: check its extension")
    return "utf-8"


def _paths(files: list[LandedFile]) -> str:
    return "[" + ", ".join(quoted_path(file.path) for file in files) + "]"


# CSV


def csv_scan(declaration: Declaration, layout: Layout, files: list[LandedFile], rejects: str) -> Scan:
    types = ", ".join(f"'c{number}': 'varchar'" for number in range(len(layout.header)))
    quote = "" if layout.delimiter == " " else '"'
    rows = (
        f"read_csv({_paths(files)}, columns = {{{types}}}, auto_detect = false, header = true, delim = {quoted(layout.delimiter)}, "
        f"quote = '{quote}', escape = '{quote}', nullstr = ['', 'NULL'], encoding = '{layout.encoding}', hive_partitioning = false, "
        f"ignore_errors = true, store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scans', rejects_limit = 0)"
    )
    return Scan(rows=rows, fields=_csv_fields(declaration, layout), reject=_repeated_header(declaration, layout))


def _repeated_header(declaration: Declaration, layout: Layout) -> str:
    """Parts of an export joined end to end have a header in the middle."""
    known = {normalised(name) for column in declaration.required or declaration.columns for name in column.names}
    same = [f"trim(c{number}, chr(65279) || ' ') = {quoted(name)}" for number, name in enumerate(layout.header) if normalised(name) in known and name]
    return f"case when {' and '.join(same)} then {quoted(REPEATED_HEADER)} end" if same else "null"


def _csv_fields(declaration: Declaration, layout: Layout) -> dict[str, tuple[str, str]]:
    return flat_fields(declaration, [(name, f"c{number}", "VARCHAR") for number, name in enumerate(layout.header)])


def _dialect(declaration: Declaration, text: str) -> tuple[str, tuple[str, ...]]:
    """A comma, unless another delimiter makes more of the declared names appear in the header."""
    known = {normalised(name) for column in declaration.columns for name in column.names}
    best: tuple[int, str, tuple[str, ...]] = (-1, ",", ())
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(text, newline=None), delimiter=delimiter))
        except (csv.Error, StopIteration):
            continue
        matches = len({spelling for name in header for spelling in spellings(name)} & known)
        if matches > best[0]:
            best = (matches, delimiter, tuple(name.strip() for name in header))
    if not best[2]:
        raise Unreadable("the header can not be read: write one line of column names, separated by commas")
    return best[1], best[2]


REPEATED_HEADER = "the line repeats the header, as files joined end to end do: no figure is lost by it. Deliver the files one by one, or delete the line"


# JSON


BROKEN_DOCUMENT = (
    "case when json is null then 'the line is not valid JSON: write one object per line, in UTF-8' "
    "when json_type(json) <> 'OBJECT' then 'the line is JSON but no object: write one object per line' end"
)


def json_documents(layout: Layout, files: list[LandedFile]) -> str:
    """SQL for the documents of files: column `json`, null where a line is broken."""
    tolerant = ", ignore_errors = true" if layout.json_format == "newline_delimited" else ""
    return f"read_json_objects({_paths(files)}, format = '{layout.json_format}', maximum_object_size = {LONGEST_OBJECT}, hive_partitioning = false{tolerant})"


def _pages_layout(declaration: Declaration, text: str) -> tuple[Layout, list[str]]:
    """The layout of an API's pages, and every key seen at the start: a page is often longer than what is read of it here, and cut off in the middle."""
    keys = list(dict.fromkeys(_KEY.findall(text)))
    holds_elements = not any(name in keys for name in declaration.explode) or re.search(rf'"{re.escape(declaration.explode[-1])}"\s*:\s*\[\s*\{{', text)
    if holds_elements and keys and "error" not in keys:
        check_required(declaration, [column.name for column in declaration.columns if _seen(declaration, column.name, keys)], keys)
    return Layout("pages", json_format=_json_format(text)), keys


def json_scan(declaration: Declaration, layout: Layout, files: list[LandedFile], keys: list[str]) -> Scan:
    fields, shape = _flattened_json_fields(declaration, keys) if declaration.reader == "otlp" else json_fields(declaration, keys)
    return Scan(
        rows=(
            f"(select json, file_index, json_transform(case when json_type(json) = 'OBJECT' then json end, {quoted(json.dumps(shape))}) as record "
            f"from {json_documents(layout, files)})"
        ),
        fields=fields,
        reject=BROKEN_DOCUMENT,
    )


def _json_format(text: str) -> str:
    """One document per line, one array, or documents that span lines."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    if not lines:
        raise Unreadable("the file holds no text: deliver it again, or delete it")
    if lines[0].strip() == "[":
        return "array"
    if lines[0].strip() == "{" or _spans_lines(text.lstrip()):  # some of its lines may look like documents of their own
        return "unstructured"
    if any(_is_object(line) for line in lines):
        return "newline_delimited"
    if lines[0].lstrip().startswith("["):
        return "array"
    # A single line that is no object is one document longer than the sample, or a broken line.
    return "unstructured" if len(lines) > 1 and lines[0].lstrip().startswith("{") else "newline_delimited"


def _spans_lines(text: str) -> bool:
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return False
    return text.startswith("{") and "\n" in text[:end]


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _top_level_keys(text: str, json_format: str) -> list[str]:
    documents = []
    if json_format == "newline_delimited":
        documents = [json.loads(line) for line in text.splitlines()[:SAMPLE_DOCUMENTS] if _is_object(line)]
        if not documents and f'"{ENVELOPE}"' in text[:1000]:  # one document longer than the sample
            return [ENVELOPE]
    else:
        decoder, position = json.JSONDecoder(), text.find("{")
        while position >= 0 and len(documents) < SAMPLE_DOCUMENTS:
            try:
                document, end = decoder.raw_decode(text, position)
            except ValueError:
                break
            documents.append(document)
            position = text.find("{", end)
        if not documents and f'"{ENVELOPE}"' in text[:1000]:
            return [ENVELOPE]
    return list(dict.fromkeys(key for document in documents for key in document))


def _seen(declaration: Declaration, name: str, keys: list[str]) -> bool:
    heads = {normalised(candidate.partition(".")[0]) for candidate in declaration.column(name).names}
    return any(normalised(key) in heads for key in keys)


def json_fields(declaration: Declaration, keys: list[str]) -> tuple[dict[str, tuple[str, str]], dict]:
    """Expressions over `record`, and the shape json_transform must give it: only what is declared is ever taken out of a document."""
    spelled = {normalised(key): key for key in keys}
    embedded = {normalised(name) for name in declaration.embedded_json}
    shape: dict = {}
    fields = {}
    for column in declaration.columns:
        if column.map_of:
            continue
        found = []
        for name in (column.name, *column.aliases, *column.paths):
            head, _, rest = name.partition(".")
            head = spelled.get(normalised(head), head)
            if rest and (normalised(head) in embedded or shape.get(head) == "VARCHAR"):
                if _member(shape, head):
                    found.append(json_field(f"record.{identifier(head)}", "VARCHAR", rest)[0])
            elif rest:
                parts, node = [head, *rest.split(".")], shape
                for part in parts[:-1]:
                    node = node.setdefault(part, {}) if isinstance(node, dict) else None
                if isinstance(node, dict) and _member(node, parts[-1]):
                    found.append("record." + ".".join(identifier(part) for part in parts))
            elif _member(shape, head):
                found.append(f"record.{identifier(head)}")
        found = list(dict.fromkeys(found))
        for text in ("", "null", *declaration.nulls):
            found = [f"nullif({expression}, {quoted(text)})" for expression in found]
        if found:
            fields[column.name] = kept_only(declaration, column, f"coalesce({', '.join(found)})" if len(found) > 1 else found[0], "VARCHAR")
    return fields, shape


def _flattened_json_fields(declaration: Declaration, keys: list[str]) -> tuple[dict[str, tuple[str, str]], dict]:
    """Spans written one per line: keys are attributes themselves, or an object holds them. Keys that no field needs are not taken out."""
    keys = list({key.casefold(): key for key in reversed(keys)}.values())  # struct fields ignore case
    fields = flattened_fields(declaration, [(key, f"nullif(record.{identifier(key)}, '')", "VARCHAR") for key in keys])
    expressions = " ".join(expression for expression, _ in fields.values())
    return fields, {key: "VARCHAR" for key in keys if f"record.{identifier(key)}" in expressions}


def _member(node: dict, name: str) -> bool:
    """Adds a leaf; false where the name is taken by a nested record or by the same name in another case (struct fields ignore case)."""
    twin = next((key for key in node if key.casefold() == name.casefold()), None)
    if twin is None:
        node[name] = "VARCHAR"
        return True
    return twin == name and node[twin] == "VARCHAR"
