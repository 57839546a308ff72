"""OpenTelemetry spans written one per row: which columns, or entries of map columns, are the declared attributes and the ownership tags."""

from __future__ import annotations

import re

from .conversions import quoted
from .declarations import Declaration, normalised
from .scan import flat_fields


def may_be_tag(declaration: Declaration, key: str) -> str:
    """Ownership keys: named ones, and whatever stands under a prefix. One pattern: a chain of comparisons takes several times as long."""
    keys = "|".join(re.escape(name) for name in declaration.tag_keys)
    prefixes = "|".join(re.escape(prefix) for prefix in declaration.tag_prefixes)
    return f"regexp_matches({key}, {quoted(f'(?i)^({keys})$|^({prefixes})')})"


def tag_test(declaration: Declaration, key: str) -> str:
    """The same, without the declared attributes that stand under a prefix."""
    return f"({may_be_tag(declaration, key)} and {key} not in ({', '.join(map(quoted, attribute_keys(declaration)))}))"


def attribute_keys(declaration: Declaration) -> list[str]:
    return sorted({key for column in declaration.columns for key in column.attributes})


def flattened_fields(declaration: Declaration, headers: list[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    """One row per span already: attributes are columns (with or without a prefix), or entries of a map column."""
    spans = next((item for item in headers if normalised(item[0]) in ("attributes", "spanattributes")), None)
    resources = next((item for item in headers if normalised(item[0]) in ("resourceattributes", "resource")), None)
    stripped = [(_without_prefix(name), expression, actual) for name, expression, actual in headers]
    fields = flat_fields(declaration, stripped)
    for column in declaration.columns:
        lookups = [_entry(spans, key) for key in column.attributes if spans]
        if column.scope == "both":
            lookups += [_entry(resources, key) for key in column.attributes if resources]
        if lookups:
            own = [f"cast({fields[column.name][0]} as varchar)"] if column.name in fields else []
            fields[column.name] = (f"coalesce({', '.join(own + lookups)})" if len(own + lookups) > 1 else lookups[0], "VARCHAR")
    fields["tags_map"] = (_flattened_tags(declaration, stripped, spans, resources), "MAP(VARCHAR, VARCHAR)")
    return fields


def _without_prefix(name: str) -> str:
    folded = name.strip().casefold()
    for prefix in ("span_attributes", "spanattributes", "resource_attributes", "resourceattributes", "attributes", "resource"):
        if folded.startswith((prefix + ".", prefix + "_")) and folded not in ("resource_attributes",):
            return name.strip()[len(prefix) + 1 :]
    return name


def _entry(holder: tuple[str, str, str], key: str) -> str:
    _, expression, actual = holder
    if actual.startswith("MAP"):
        return f"cast({expression}[{quoted(key)}] as varchar)"
    document = f"try_cast({expression} as json)" if actual == "VARCHAR" else f"to_json({expression})"
    return f"json_extract_string({document}, {quoted('/' + key)})"


def _tag_name(declaration: Declaration, header: str) -> str | None:
    """The tag a column is, without the prefixes of frameworks and conventions; null when it is none."""
    folded = normalised(header)
    if folded in {normalised(key) for key in attribute_keys(declaration)}:
        return None
    for prefix in declaration.tag_prefixes:
        if folded.startswith(normalised(prefix)) and folded != normalised(prefix):
            return folded.removeprefix(normalised(prefix))
    key = next((key for key in declaration.tag_keys if normalised(key) == folded), None)
    return key.removeprefix("deployment.").removesuffix(".name") if key else None


def _flattened_tags(declaration: Declaration, headers, spans, resources) -> str:
    columns: dict[str, list[str]] = {}
    for header, expression, actual in headers:
        name = _tag_name(declaration, header)
        if name and not actual.startswith(("MAP", "STRUCT")):
            columns.setdefault(name, []).append(f"nullif(trim(cast({expression} as varchar)), '')")
    members = []
    for name in sorted(columns):
        value = columns[name][0] if len(columns[name]) == 1 else f"coalesce({', '.join(columns[name])})"
        members.append(f'struct_pack("key" := {quoted(name)}, "value" := {value})')
    parts = [f"list_filter([{', '.join(members)}], lambda a: a.\"value\" is not null)"] if members else []
    for holder, mark in ((spans, ""), (resources, "resource.")):
        if holder:
            parts.append(
                f"coalesce(list_transform(list_filter({_entries(holder)}, lambda a: {tag_test(declaration, 'a.key')}), "
                f'lambda a: struct_pack("key" := {quoted(mark)} || a.key, "value" := a."value")), [])'
            )
    tags = next((item for item in headers if normalised(item[0]) == "tags"), None)
    if tags:
        parts.append(f"coalesce({_entries(tags)}, [])")
    if not parts:
        return "cast(map {} as map(varchar, varchar))"
    entries = " || ".join(parts)
    unique = f"list_filter({entries}, lambda a, i: list_position(list_transform({entries}, lambda b: b.key), a.key) = i)" if len(parts) > 1 else entries
    return f"map_from_entries({unique})"


def _entries(holder: tuple[str, str, str]) -> str:
    _, expression, actual = holder
    if actual.startswith("MAP"):
        return f"map_entries(cast({expression} as map(varchar, varchar)))"
    document = f"try_cast({expression} as json)" if actual == "VARCHAR" else f"to_json({expression})"
    return f"map_entries(cast({document} as map(varchar, varchar)))"
