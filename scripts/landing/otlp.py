"""OpenTelemetry spans: OTLP JSON is exploded to one row per span, and only allow-listed attributes are taken out."""

from __future__ import annotations

import json

from .conversions import quoted
from .declarations import Declaration
from .discover import LandedFile
from .flattened import attribute_keys, may_be_tag, tag_test
from .scan import Scan
from .text_readers import BROKEN_DOCUMENT, Layout, json_documents

_VALUE = {"stringValue": "VARCHAR", "intValue": "VARCHAR", "doubleValue": "VARCHAR", "boolValue": "VARCHAR"}
_ATTRIBUTES = [{"key": "VARCHAR", "value": _VALUE}]
_SPAN = {
    "traceId": "VARCHAR", "spanId": "VARCHAR", "parentSpanId": "VARCHAR", "name": "VARCHAR",
    "startTimeUnixNano": "VARCHAR", "endTimeUnixNano": "VARCHAR", "status": {"code": "VARCHAR"}, "attributes": _ATTRIBUTES,
}
_SHAPE = {"resourceSpans": [{"resource": {"attributes": _ATTRIBUTES}, "scopeSpans": [{"scope": {"name": "VARCHAR", "version": "VARCHAR"}, "spans": [_SPAN]}]}]}
_INTRINSIC = {
    "trace_id": 'span."traceId"', "span_id": 'span."spanId"', "parent_span_id": 'span."parentSpanId"', "span_name": 'span."name"',
    "start_time": 'span."startTimeUnixNano"', "end_time": 'span."endTimeUnixNano"', "status_code": 'span."status"."code"',
    "scope_name": "scope_name", "scope_version": "scope_version",
}


def otlp_scan(declaration: Declaration, layout: Layout, files: list[LandedFile]) -> Scan:
    """One row per span; a document without one is a row too, with its reason. The row number is the document's."""
    keep = f"a.key in ({', '.join(map(quoted, attribute_keys(declaration)))}) or {may_be_tag(declaration, 'a.key')}"
    rows = f"""(
    select broken, file_index, document_number, span, scope_name, scope_version, resource_attributes, {_first_of_each_key('span_entries')} as span_attributes
    from (
        select broken, file_index, document_number, span, scope_name, scope_version, resource_attributes, {_kept('span.attributes', keep)} as span_entries
        from (
            select
                broken, file_index, document_number, {_first_of_each_key('resource_entries')} as resource_attributes,
                scope_span."scope"."name" as scope_name, scope_span."scope"."version" as scope_version, {_unnested('scope_span.spans')} as span
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
    span = f"list_filter(map_entries(span_attributes), lambda a: {tag_test(declaration, 'a.key')})"
    resource = (
        f"list_transform(list_filter(map_entries(resource_attributes), lambda a: {tag_test(declaration, 'a.key')}), "
        "lambda a: struct_pack(\"key\" := 'resource.' || a.key, \"value\" := a.\"value\"))"
    )
    return f"map_from_entries(coalesce({span}, []) || coalesce({resource}, []))"
