"""What a reader hands over: rows to select from, and an expression per declared column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .conversions import Conversions, identifier, quoted
from .declarations import Column, Declaration, normalised, spellings
from .discover import LandedFile
from .kept import kept_only

LOADER_COLUMNS = (
    ("x_source_file", "varchar"),
    ("x_source_row_number", "bigint"),
    ("x_report", "varchar"),
    ("x_delivery", "varchar"),
    ("x_delivered_at", "timestamp"),
    ("x_reject_reason", "varchar"),
    ("x_reject_raw", "varchar"),
)


class Unreadable(Exception):
    """A file that can not be loaded; the message says why and what to do."""


def first_line(problem: Exception, declaration: Declaration | None = None) -> str:
    """What went wrong; of a source that may hold prompts only its kind, since DuckDB quotes what it could not read."""
    if declaration and declaration.sensitive:
        return type(problem).__name__
    lines = str(problem).strip().splitlines()
    return lines[0][:200] if lines else type(problem).__name__


@dataclass
class Scan:
    rows: str  # SQL after `from`
    fields: dict[str, tuple[str, str]]  # declared column -> (SQL expression, actual type)
    row_number: str | None = None  # SQL: 1-based data row; null when the order of insertion tells it
    reject: str | None = None  # SQL: why this row is no row of data, else null
    plain: frozenset[str] = frozenset()  # columns of which the loader has seen that no value needs mending


def lineage(files: list[LandedFile]) -> dict[str, str]:
    """SQL for the columns that come from a file's path. DuckDB numbers the files of a scan in file_index."""

    def pick(values: list[str], data_type: str = "varchar") -> str:
        if len(set(values)) == 1:
            return f"cast({values[0]} as {data_type})"
        return f"cast([{', '.join(values)}][cast(file_index as bigint) + 1] as {data_type})"

    return {
        "x_source_file": pick([quoted(file.file_path) for file in files]),
        "x_report": pick([quoted(file.report) for file in files]),
        "x_delivery": pick([quoted(file.delivery) for file in files]),
        "x_delivered_at": pick([quoted(str(file.delivered_at)) for file in files], "timestamp"),
    }


def projection(declaration: Declaration, scan: Scan, path_columns: dict[str, str], conversions: Conversions) -> str:
    """`select` of the declared columns, typed, plus the loader's own.

    Three layers, so that no expression is computed twice: what the file holds (f_), what is declared (v_), and why a value could not be turned into the other.
    """
    fields, values, outputs, complaints = [], [], [], []
    for column in declaration.columns:
        name, source = identifier(column.name), scan.fields.get(column.name)
        if source is None:
            outputs.append(f"cast(null as {column.data_type}) as {name}")
            continue
        field, value = identifier(f"f_{column.name}"), identifier(f"v_{column.name}")
        expression, actual = source
        converted, can_fail = conversions.convert(field, actual, column.data_type, is_plain=expression in scan.plain)
        fields.append(f"{expression} as {field}")
        values.append(f"cast({converted} as {column.data_type}) as {value}")
        outputs.append(f"{value} as {name}")
        if can_fail:
            values.append(field)
            complaints.append(conversions.complaint(column.name, field, value, column.data_type, not declaration.sensitive))
    complaints.insert(0, "x_broken")
    own = {
        **path_columns,
        "x_source_row_number": "x_row",
        "x_reject_reason": f"coalesce({', '.join(complaints)})" if len(complaints) > 1 else complaints[0],
        "x_reject_raw": "null",
    }
    outputs.extend(f"cast({own[name]} as {data_type}) as {name}" for name, data_type in LOADER_COLUMNS)
    kept = [f"{scan.row_number or 'null'} as x_row", f"{scan.reject or 'null'} as x_broken", "file_index"]
    separator = ",\n        "
    return (
        "select\n    " + ",\n    ".join(outputs)
        + "\nfrom (\n    select\n        " + separator.join([*values, "x_row", "x_broken", "file_index"])
        + "\n    from (\n    select\n        " + separator.join([*fields, *kept]) + f"\n    from {scan.rows})\n)"
    )


def flat_fields(declaration: Declaration, headers: Iterable[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    """Matches file columns to declared ones. headers: (name in the file, SQL expression, actual type)."""
    by_name: dict[str, tuple[str, str]] = {}
    headers = list(headers)
    for position in (0, 1):  # a name in brackets counts where no column has it outright
        for name, expression, actual in headers:
            for spelling in spellings(name)[position : position + 1]:
                by_name.setdefault(spelling, (_with_nulls(declaration, expression, actual), actual))
    fields = {}
    for column in declaration.columns:
        found = _found(column, by_name)
        if column.map_of:
            found = [item for item in _found(declaration.column(column.map_of), by_name) if item[1].startswith("MAP")]
        elif any(other.map_of == column.name for other in declaration.columns):
            found = [item for item in found if not item[1].startswith("MAP")]
        if column.collect_prefixes and not found:
            found = _collected(column, headers)
        if found:
            fields[column.name] = kept_only(declaration, column, *_first_filled(found))
    return fields


def _with_nulls(declaration: Declaration, expression: str, actual: str) -> str:
    if actual == "VARCHAR":
        for text in declaration.nulls:
            expression = f"nullif({expression}, {quoted(text)})"
    return expression


def _found(column: Column, by_name: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    found = []
    for name in column.names:
        head, _, rest = name.partition(".")
        if normalised(name) in by_name:
            found.append(by_name[normalised(name)])
        elif rest and column.paths and normalised(head) in by_name:
            found.append(json_field(*by_name[normalised(head)], rest))
    return list(dict.fromkeys(found))


def json_field(expression: str, actual: str, path: str) -> tuple[str, str]:
    """A field inside a column that holds JSON text, a struct or a map."""
    if actual.startswith("MAP") and "." not in path:
        return f"cast({expression}[{quoted(path)}] as varchar)", "VARCHAR"
    document = f"try_cast({expression} as json)" if actual == "VARCHAR" else f"to_json({expression})"
    return f"json_extract_string({document}, {quoted('$.' + path)})", "VARCHAR"


def _first_filled(found: list[tuple[str, str]]) -> tuple[str, str]:
    """Several names for one thing in one file (old and new conventions side by side): the first that is filled."""
    if len(found) == 1:
        return found[0]
    if len({actual for _, actual in found}) == 1:
        return f"coalesce({', '.join(expression for expression, _ in found)})", found[0][1]
    return f"coalesce({', '.join(f'cast({expression} as varchar)' for expression, _ in found)})", "VARCHAR"


def _collected(column: Column, headers: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    members = []
    for name, expression, _ in headers:
        prefix = next((prefix for prefix in column.collect_prefixes if name.strip().casefold().startswith(prefix.casefold())), None)
        if prefix and len(name.strip()) > len(prefix):
            members.append(f"{identifier(name.strip()[len(prefix):])} := cast({expression} as varchar)")
    return [(f"cast(to_json(struct_pack({', '.join(members)})) as varchar)", "VARCHAR")] if members else []


def check_required(declaration: Declaration, found: Iterable[str], present: Iterable[str]) -> None:
    missing = [column.name for column in declaration.required if column.name not in found]
    if missing:
        names = list(present)
        # A file without a header begins with data, which may be a prompt.
        seen = f"{len(names)} names, not shown: they may be prompts" if declaration.sensitive and names else ", ".join(" ".join(name.split())[:40] for name in names[:8])
        raise Unreadable(
            f"column {', '.join(missing)} is missing (found: {seen or 'nothing'}): export it, or rename the column, or add its name to aliases in the sources YAML"
        )
