"""JSON lines built in SQL: one expression for a whole table instead of a Python loop over its rows."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd


def _when(expression: str, when: str | None) -> str:
    return f"case when {when} then {expression} end" if when else f"({expression})"


def text(key: str, value: str, when: str | None = None) -> str:
    """`"key": "value"`; absent where the value is null or `when` does not hold."""
    return _when("'\"" + key + "\":' || to_json(cast(" + value + " as varchar))", when)


def number(key: str, value: str, when: str | None = None) -> str:
    """`"key": 1`; absent where the value is null or `when` does not hold."""
    return _when("'\"" + key + "\":' || " + value, when)


def literal(body: str, when: str | None = None) -> str:
    """Fixed JSON members."""
    return _when("'" + body + "'", when)


def obj(*members: str) -> str:
    """`{...}` of the members that are present."""
    return "'{' || concat_ws(',', " + ", ".join(members) + ") || '}'"


def nested(key: str, *members: str, when: str | None = None) -> str:
    """`"key": {...}`; absent where `when` does not hold."""
    return _when("'\"" + key + "\":' || " + obj(*members), when)


def attribute(key: str, value: str, kind: str = "stringValue", when: str | None = None) -> str:
    """One OTLP attribute; absent where the value is null or `when` does not hold."""
    return _when('\'{"key":"' + key + '","value":{"' + kind + "\":' || to_json(cast(" + value + " as varchar)) || '}}'", when)


def array(key: str, *members: str) -> str:
    """`"key": [...]` of the members that are present."""
    return "('\"" + key + "\":[' || concat_ws(',', " + ", ".join(members) + ") || ']')"


def rows(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, expression: str) -> list[str]:
    """The expression for every row, in row order."""
    connection.register("json_rows", frame.assign(row_order=np.arange(len(frame))))
    found = connection.execute(f"select {expression} from json_rows order by row_order").fetchall()
    connection.unregister("json_rows")
    return [row[0] for row in found]
