"""OpenTelemetry spans: OTLP JSON is exploded to one row per span, and only allow-listed attributes are taken out."""

from __future__ import annotations

import json

from .conversions import identifier, quoted
from .declarations import Declaration, normalised
from .discover import LandedFile
from .scan import Scan, flat_fields
from .text_readers import BROKEN_DOCUMENT, Layout, json_documents

_VALUE = {"stringValue": "VARCHAR", "intValue": "VARCHAR", "doubleValue": "VARCHAR", "boolValue": "VARCHAR"}
_ATTRIBUTES = [{"key": "VARCHAR", "value": _VALUE}]
_SPAN = {
    "traceId": "VARCHAR", "spanId": "VARCHAR", "parentSpanId": "VARCHAR", "name": "VARCHAR",
    "startTimeUnixNano": "VARCHAR", "endTimeUnixNano": "VARCHAR", "status": {"code": "VARCHAR"}, "attributes": _ATTRIBUTES,
}
_SHAPE = {"resourceSpans": [{"resource": {"attributes": _ATTRIBUTES}, "scopeSpans": [{"spans": [_SPAN]}]}]}
_INTRINSIC = {
    "trace_id": 'span."traceId"', "span_id": 'span."spanId"', "parent_span_id": 'span."parentSpanId"', "span_name": 'span."name"',
    "start_time": 'span."startTimeUnixNano"', "end_time": 'span."endTimeUnixNano"', "status_code": 'span."status"."code"',
}


def otlp_scan(declaration: Declaration, layout: Layout, files: list[LandedFile]) -> Scan:
    """One row per span; a document without one is a row too, with its reason. The row number is the document's."""
    keep = f"a.key in ({', '.join(map(quoted, _attribute_keys(declaration)))}) or {_tag_test(declaration, 'a.key')}"
    rows = f"""(
    select broken, file_index, document_number, span, resource_attributes, {_first_of_each_key('span_entries')} as span_attributes
    from (
        select broken, file_index, document_number, span, resource_attributes, {_kept('span.attributes', keep)} as span_entries
        from (
            select broken, file_index, document_number, {_first_of_each_key('resource_entries')} as resource_attributes, {_unnested('scope_span.spans')} as span
            from (
                select
                    broken, file_index, document_number,
                    {_kept('resource_span.resource.attributes', keep)} as resource_entries,
                    {_unnested('resource_span."scopeSpans"')} as scope_span
                from (
                    select broken, file_index, document_number, {_unnested('record."resourceSpans"')} as resource_span
                    from (
                        select
                            {BROKEN_DOCUMENT} as broken, file_index, row_number() over () as document_number,
                            json_transform(case when json_type(json) = 'OBJECT' then json end, {quoted(json.dumps(_SHAPE))}) as record
                        from {json_documents(layout, files)}
                    )
                )
            )
        )
    )
)"""
    fields = {name: (f"nullif({expression}, '')", "VARCHAR") for name, expression in _INTRINSIC.items()}
    for column in declaration.columns:
        if column.attributes:
            lookups = [f"span_attributes[{quoted(key)}]" for key in column.attributes]
            if column.scope == "both":
                lookups += [f"resource_attributes[{quoted(key)}]" for key in column.attributes]
            fields[column.name] = (f"nullif(coalesce({', '.join(lookups)}), '')" if len(lookups) > 1 else f"nullif({lookups[0]}, '')", "VARCHAR")
    fields["tags_map"] = (_tags(declaration), "MAP(VARCHAR, VARCHAR)")
    no_span = "case when span is null then 'the document holds no span under resourceSpans: export OTLP traces' end"
    return Scan(rows=rows, fields=fields, row_number="document_number", reject=f"coalesce(broken, {no_span})")


def _unnested(members: str) -> str:
    """Unnest that keeps a row where there is nothing to unnest."""
    return f"unnest(case when len({members}) > 0 then {members} else [null] end)"


def _tag_test(declaration: Declaration, key: str) -> str:
    """Ownership keys: named ones, and whatever stands under a prefix unless it is a declared attribute."""
    tests = [f"lower(trim({key})) in ({', '.join(map(quoted, declaration.tag_keys))})"] if declaration.tag_keys else []
    attributes = ", ".join(map(quoted, _attribute_keys(declaration)))
    tests += [f"(starts_with({key}, {quoted(prefix)}) and {key} not in ({attributes}))" for prefix in declaration.tag_prefixes]
    return "(" + " or ".join(tests or ["false"]) + ")"


def _attribute_keys(declaration: Declaration) -> list[str]:
    return sorted({key for column in declaration.columns for key in column.attributes})


def _kept(attributes: str, keep: str) -> str:
    """Allow-listed attributes as (key, value) text; the rest, prompts among them, goes no further."""
    value = 'coalesce(a."value"."stringValue", a."value"."intValue", a."value"."doubleValue", a."value"."boolValue")'
    return f"""list_transform(list_filter({attributes}, lambda a: {keep}), lambda a: struct_pack("key" := a.key, "value" := {value}))"""


def _first_of_each_key(entries: str) -> str:
    """A map; a repeated key, which would stop map_from_entries, counts once. Repeats are rare: only they pay for the search."""
    first = f"list_filter({entries}, lambda a, i: list_position(list_transform({entries}, lambda b: b.key), a.key) = i)"
    return (
        f"case when len(list_distinct(list_transform({entries}, lambda b: b.key))) = len({entries}) then map_from_entries({entries}) "
        f"else map_from_entries({first}) end"
    )


def _tags(declaration: Declaration) -> str:
    span = f"list_filter(map_entries(span_attributes), lambda a: {_tag_test(declaration, 'a.key')})"
    resource = (
        f"list_transform(list_filter(map_entries(resource_attributes), lambda a: {_tag_test(declaration, 'a.key')}), "
        "lambda a: struct_pack(\"key\" := 'resource.' || a.key, \"value\" := a.\"value\"))"
    )
    return f"map_from_entries(coalesce({span}, []) || coalesce({resource}, []))"


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
    attributes = {normalised(key) for key in _attribute_keys(declaration)}
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
                f"coalesce(list_transform(list_filter(map_entries({as_map}), lambda a: {_tag_test(declaration, 'a.key')}), "
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
