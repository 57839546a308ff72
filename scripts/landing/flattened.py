"""OpenTelemetry spans written one per row: which columns, or entries of map columns, are the declared attributes and the ownership tags."""

from __future__ import annotations

from .conversions import quoted
from .declarations import Declaration, normalised
from .scan import flat_fields


def tag_test(declaration: Declaration, key: str) -> str:
    """Ownership keys: named ones, and whatever stands under a prefix unless it is a declared attribute."""
    tests = [f"lower(trim({key})) in ({', '.join(map(quoted, declaration.tag_keys))})"] if declaration.tag_keys else []
    attributes = ", ".join(map(quoted, attribute_keys(declaration)))
    tests += [f"(starts_with({key}, {quoted(prefix)}) and {key} not in ({attributes}))" for prefix in declaration.tag_prefixes]
    return "(" + " or ".join(tests or ["false"]) + ")"


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


def _flattened_tags(declaration: Declaration, headers, spans, resources) -> str:
    keys = {normalised(key) for key in declaration.tag_keys}
    attributes = {normalised(key) for key in attribute_keys(declaration)}
    members = []
    seen = set()
    for name, expression, actual in headers:
        wanted = normalised(name) in keys or any(normalised(name).startswith(normalised(prefix)) for prefix in declaration.tag_prefixes)
        if wanted and normalised(name) not in seen | attributes and not actual.startswith(("MAP", "STRUCT")):
            seen.add(normalised(name))
            members.append(f"struct_pack(\"key\" := {quoted(name)}, \"value\" := cast({expression} as varchar))")
    parts = [f"list_filter([{', '.join(members)}], lambda a: a.\"value\" is not null)"] if members else []
    for holder, mark in ((spans, ""), (resources, "resource.")):
        if holder:
            _, expression, actual = holder
            as_map = f"cast({expression} as map(varchar, varchar))" if actual.startswith("MAP") else f"cast(try_cast({expression} as json) as map(varchar, varchar))"
            parts.append(
                f"coalesce(list_transform(list_filter(map_entries({as_map}), lambda a: {tag_test(declaration, 'a.key')}), "
                f"lambda a: struct_pack(\"key\" := {quoted(mark)} || a.key, \"value\" := a.\"value\")), [])"
            )
    tags = next(((expression, actual) for name, expression, actual in headers if normalised(name) == "tags"), None)
    if tags:
        as_map = f"cast({tags[0]} as map(varchar, varchar))" if tags[1].startswith("MAP") else f"cast(try_cast({tags[0]} as json) as map(varchar, varchar))"
        parts.append(f"coalesce(list_transform(map_entries({as_map}), lambda a: struct_pack(\"key\" := a.key, \"value\" := a.\"value\")), [])")
    if not parts:
        return "cast(map {} as map(varchar, varchar))"
    entries = " || ".join(parts)
    unique = f"list_filter({entries}, lambda a, i: list_position(list_transform({entries}, lambda b: b.key), a.key) = i)" if len(parts) > 1 else entries
    return f"map_from_entries({unique})"
