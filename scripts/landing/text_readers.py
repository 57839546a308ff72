"""CSV (and its relatives) and JSON lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from pathlib import Path

from .conversions import identifier, quoted
from .declarations import Declaration, normalised
from .discover import LandedFile
from .scan import Scan, Unreadable, check_required, flat_fields, json_field

SAMPLE_BYTES = 1 << 18
DELIMITERS = (",", ";", "\t", "|", " ")
LONGEST_OBJECT = 1 << 25  # bytes of one JSON document; an OTLP batch can be large


def check_gzip(path: Path) -> None:
    """DuckDB reads a cut-off gzip file up to the cut and says nothing: half a bill would pass for a whole one."""
    try:
        with gzip.open(path) as stream:
            while stream.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise Unreadable(f"the gzip file is damaged or cut off ({error}): deliver it again") from error


def sample(file: LandedFile) -> bytes:
    if file.compression == "zst":
        return b""
    opener = gzip.open if file.compression == "gz" else open
    with opener(file.path, "rb") as stream:
        return stream.read(SAMPLE_BYTES)


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in head:
        raise Unreadable("the file holds binary data, not text: check its extension")
    return "utf-8"


# CSV


def csv_scan(declaration: Declaration, file: LandedFile, rejects: str, encoding: str | None = None) -> Scan:
    head = sample(file)
    encoding = encoding or _encoding(head)
    text = head.decode({"utf-8": "utf-8-sig"}.get(encoding, encoding), errors="replace")
    if not text.strip():
        raise Unreadable("the file holds no header: deliver it again, or delete it")
    delimiter, header = _dialect(declaration, text)
    columns = [f"c{number}" for number in range(len(header))]
    headers = [(name, f"nullif({column}, '')", "VARCHAR") for name, column in zip(header, columns)]
    fields = flat_fields(declaration, headers)
    check_required(declaration, fields, header)
    types = ", ".join(f"'{column}': 'varchar'" for column in columns)
    quote = "" if delimiter == " " else '"'
    return Scan(
        rows=(
            f"(select *, row_number() over () as x_row from read_csv({quoted(str(file.path))}, columns = {{{types}}}, auto_detect = false, header = true, "
            f"delim = {quoted(delimiter)}, quote = '{quote}', escape = '{quote}', nullstr = ['', 'NULL'], encoding = '{encoding}', "
            f"ignore_errors = true, store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scans', rejects_limit = 0))"
        ),
        fields=fields,
        row_number="x_row",
    )


def _dialect(declaration: Declaration, text: str) -> tuple[str, list[str]]:
    """A comma, unless another delimiter makes more of the declared names appear in the header."""
    known = {normalised(name) for column in declaration.columns for name in column.names}
    best: tuple[int, str, list[str]] | None = None
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(text), delimiter=delimiter))
        except (csv.Error, StopIteration):
            continue
        matches = len({normalised(name) for name in header} & known)
        if best is None or matches > best[0]:
            best = (matches, delimiter, [name.strip() for name in header])
    if best is None:
        raise Unreadable("the header can not be read: write one line of column names, separated by commas")
    return best[1], best[2]


# JSON


def json_layout(file: LandedFile, text: str) -> str:
    """One document per line, one array, or documents that span lines."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    if not lines:
        raise Unreadable("the file holds no text: deliver it again, or delete it")
    if any(_is_object(line) for line in lines):
        return "newline_delimited"
    if lines[0].lstrip().startswith("["):
        return "array"
    if len(lines) == 1:  # one document longer than the sample, or one broken line
        return "newline_delimited"
    return "unstructured" if lines[0].lstrip().startswith("{") else "newline_delimited"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def json_documents(file: LandedFile) -> tuple[str, list[str]]:
    """SQL for the documents of a file (column `json`, null where a line is broken), and the top-level keys seen at its start."""
    head = sample(file)
    text = head.decode("utf-8-sig", errors="replace") if _encoding(head) == "utf-8" else ""
    if not text and head:
        raise Unreadable("the JSON file is UTF-16: save it as UTF-8")
    layout = json_layout(file, text) if head else "newline_delimited"
    tolerant = ", ignore_errors = true" if layout == "newline_delimited" else ""
    rows = (
        f"(select json, row_number() over () as x_row from read_json_objects({quoted(str(file.path))}, format = '{layout}', "
        f"maximum_object_size = {LONGEST_OBJECT}{tolerant}))"
    )
    return rows, _top_level_keys(text, layout)


def _top_level_keys(text: str, layout: str) -> list[str]:
    documents = []
    if layout == "newline_delimited":
        for line in text.splitlines()[:1000]:
            if _is_object(line):
                documents.append(json.loads(line))
    else:
        decoder, position = json.JSONDecoder(), text.find("{")
        while position >= 0 and len(documents) < 1000:
            try:
                document, end = decoder.raw_decode(text, position)
            except ValueError:
                break
            documents.append(document)
            position = text.find("{", end)
    return list(dict.fromkeys(key for document in documents if isinstance(document, dict) for key in document))


BROKEN_DOCUMENT = (
    "case when json is null then 'the line is not valid JSON: write one object per line, in UTF-8' "
    "when json_type(json) <> 'OBJECT' then 'the line is JSON but no object: write one object per line' end"
)


def json_scan(declaration: Declaration, file: LandedFile) -> Scan:
    rows, keys = json_documents(file)
    fields, shape = _json_fields(declaration, keys)
    if keys:
        check_required(declaration, [name for name in fields if _seen(declaration, name, keys)], keys)
    return Scan(
        rows=f"(select json, x_row, json_transform(case when json_type(json) = 'OBJECT' then json end, {quoted(json.dumps(shape))}) as record from {rows})",
        fields=fields,
        row_number="x_row",
        reject=BROKEN_DOCUMENT,
    )


def _seen(declaration: Declaration, name: str, keys: list[str]) -> bool:
    heads = {normalised(candidate.partition(".")[0]) for candidate in declaration.column(name).names}
    return any(normalised(key) in heads for key in keys)


def _json_fields(declaration: Declaration, keys: list[str]) -> tuple[dict[str, tuple[str, str]], dict]:
    """Expressions over `record`, and the shape json_transform must give it: only what is declared is ever taken out of a document."""
    spelled = {normalised(key): key for key in keys}
    shape: dict = {}
    fields = {}
    for column in declaration.columns:
        if column.map_of:
            continue
        found = []
        for name in (column.name, *column.aliases, *column.paths):
            head, _, rest = name.partition(".")
            head = spelled.get(normalised(head), head)
            if rest and (head in declaration.embedded_json or shape.get(head) == "VARCHAR"):
                if _member(shape, head, "VARCHAR"):
                    found.append(json_field(f"record.{identifier(head)}", "VARCHAR", rest))
            elif rest:
                parts, node = [head, *rest.split(".")], shape
                for part in parts[:-1]:
                    node = node.setdefault(part, {}) if isinstance(node, dict) else None
                if isinstance(node, dict) and _member(node, parts[-1], "VARCHAR"):
                    found.append(("record." + ".".join(identifier(part) for part in parts), "VARCHAR"))
            elif _member(shape, head, "VARCHAR"):
                found.append((f"record.{identifier(head)}", "VARCHAR"))
        found = list(dict.fromkeys(found))
        if found:
            expressions = [expression for expression, _ in found]
            for text in ("", "null", *declaration.nulls):
                expressions = [f"nullif({expression}, {quoted(text)})" for expression in expressions]
            fields[column.name] = (f"coalesce({', '.join(expressions)})" if len(expressions) > 1 else expressions[0], "VARCHAR")
    return fields, shape


def _member(node: dict, name: str, leaf: str) -> bool:
    """Adds a leaf; false where the name is taken by a nested record or by the same name in another case (struct fields ignore case)."""
    twin = next((key for key in node if key.casefold() == name.casefold()), None)
    if twin is None:
        node[name] = leaf
        return True
    return twin == name and node[twin] == leaf
