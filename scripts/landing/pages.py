"""Pages of a JSON API: lists inside lists, one row per innermost element.

A declaration with `explode: [data, results]` takes a page ({"data": [{"start_time": 1, "results": [{…}, {…}]}]}), pages one after another, a list of its
buckets or of its elements, and elements that are flat already, each wherever a document may stand. A column comes from the element, or else from
the nearest thing around it. A bucket with an empty list is a day on which there was nothing: no row.
The level `*` stands for the members of an object that is a list by name ({"pod-1": {…}, "pod-2": {…}}), which has nothing but records in it.
"""

from __future__ import annotations

import json
import re

from .conversions import quoted
from .declarations import Declaration
from .discover import LandedFile
from .scan import Scan
from .text_readers import BROKEN_DOCUMENT, Layout, json_documents, json_fields

ANSWERED_ERROR = "the API answered with an error"
_RECORD = re.compile(r"\brecord\.")


def pages_scan(declaration: Declaration, layout: Layout, files: list[LandedFile], keys: list[str]) -> Scan:
    fields, shape = json_fields(declaration, keys)
    levels = len(declaration.explode)
    shape_text = quoted(json.dumps(shape))
    rows = f"select json as node, file_index, {_answered_error()} as refused from {json_documents(layout, files)}"
    for level, name in enumerate(declaration.explode):
        # What is needed of the thing around is taken out before its list is unfolded: a page copied to each of its elements would grow by their square.
        kept = "".join(f", around_{outer}" for outer in range(level))
        members, found = _level(name)
        is_list = f"{found} and refused is null"
        rows = (
            f"select file_index, refused{kept}, case when {is_list} then json_transform(node, {shape_text}) end as around_{level}, "
            f"unnest(case when {is_list} then {members} else [node] end) as node from ({rows})"
        )
    around = "".join(f", around_{level}" for level in range(levels))
    record = f"json_transform(case when json_type(node) = 'OBJECT' and refused is null then node end, {shape_text}) as record"
    nearest = ["record", *(f"around_{level}" for level in reversed(range(levels)))]
    return Scan(
        rows=f"(select node as json, file_index, refused{around}, {record} from ({rows}))",
        fields={name: (_first_of(expression, nearest), actual) for name, (expression, actual) in fields.items()},
        reject=f"coalesce(refused, {BROKEN_DOCUMENT})",
    )


def _level(name: str) -> tuple[str, str]:
    """What stands inside one level, as a list, and whether the level is there."""
    if name != "*":
        path = quoted(f"$.{name}")
        return f"cast(json_extract(node, {path}) as json[])", f"json_type(node, {path}) = 'ARRAY'"
    member = "json_extract(node, '/' || replace(replace(k, '~', '~0'), '/', '~1'))"
    members = f"list_transform(json_keys(node), lambda k: {member})"
    return members, f"json_type(node) = 'OBJECT' and len(list_filter({members}, lambda m: json_type(m) <> 'OBJECT')) = 0"


def _first_of(expression: str, holders: list[str]) -> str:
    return f"coalesce({', '.join(_RECORD.sub(f'{holder}.', expression) for holder in holders)})"


def _answered_error() -> str:
    """OpenAI and Anthropic answer {"error": {"type": …, "message": …}}; others a text."""
    said = "coalesce(json_extract_string(json, '$.error.message'), json_extract_string(json, '$.error.type'), json_extract_string(json, '$.error'))"
    return (
        "case when json_type(json) = 'OBJECT' and json_type(json, '$.error') in ('OBJECT', 'VARCHAR') "
        f"then {quoted(ANSWERED_ERROR + ' (')} || substr({said}, 1, 200) || '): mend the key or the request, and pull again' end"
    )


def refuse_error_answers(work, table: str, files: list[LandedFile]) -> None:
    """A file with an error among its pages is no complete pull: none of it counts."""
    by_path = {file.file_path: file for file in files}
    refused = work.execute(
        f"select x_source_file, min(x_reject_reason) from {table} where starts_with(x_reject_reason, ?) and x_source_file in (select unnest(?)) group by all",
        [ANSWERED_ERROR, list(by_path)],
    ).fetchall()
    for path, reason in refused:
        work.execute(f"delete from {table} where x_source_file = ?", [path])
        by_path[path].fail("unreadable", reason)
