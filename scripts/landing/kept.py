"""What may be kept of an object with free keys, such as the metadata of a trace: prompts and completions are written into such objects too.

A column declared with `keep: tags` keeps the ownership keys of its declaration (tag_keys, tag_prefixes), one declared with `keep: labels` every key; both keep plain values of at
most LONGEST characters, which is more than a label or a header needs and less than a prompt. Everything else never reaches a table.
"""

from __future__ import annotations

import re

from .conversions import quoted
from .declarations import Column, Declaration

LONGEST = 256
KINDS = ("tags", "labels")


def kept_only(declaration: Declaration, column: Column, expression: str, actual: str) -> tuple[str, str]:
    """The column's SQL and type, cut down to what the column may keep."""
    if column.keep is None:
        return expression, actual
    if column.keep not in KINDS:
        raise ValueError(f"{declaration.table}.{column.name}: keep is {column.keep}, write one of {', '.join(KINDS)}")
    document = f"try_cast({expression} as json)" if actual == "VARCHAR" else f"to_json({expression})"
    value = "json_extract_string(document, '/' || replace(replace(k, '~', '~0'), '/', '~1'))"
    plain = f"coalesce(json_type(document, '/' || replace(replace(k, '~', '~0'), '/', '~1')) not in ('OBJECT', 'ARRAY', 'NULL'), false) and length({value}) <= {LONGEST}"
    named = "" if column.keep == "labels" else f" and regexp_matches(k, {quoted(_pattern(declaration))})"
    entries = f"list_transform(list_filter(list_distinct(json_keys(document)), lambda k: {plain}{named}), lambda k: struct_pack(\"key\" := k, \"value\" := {value}))"
    # A subquery would be run per row; a list of one document gives it a name at no cost.
    objects = f"case when json_type({document}) = 'OBJECT' then list_transform([{document}], lambda document: cast(to_json(map_from_entries({entries})) as varchar))[1] end"
    return objects, "VARCHAR"


def _pattern(declaration: Declaration) -> str:
    keys = "|".join(re.escape(name) for name in declaration.tag_keys)
    prefixes = "|".join(re.escape(prefix) for prefix in declaration.tag_prefixes)
    return f"(?i)^({keys})$" + (f"|^({prefixes})" if prefixes else "")
