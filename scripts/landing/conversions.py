"""SQL that turns what a file holds into what the sources YAML declares.

The forms of timestamps and money are defined once, in macros/staging; here the same macro files are rendered for the loader.
"""

from __future__ import annotations

from pathlib import Path

import jinja2

FIXES = {
    "timestamp": "write 2026-08-01T00:00:00Z, or an epoch in seconds, milli-, micro- or nanoseconds",
    "date": "write 2026-08-01",
    "boolean": "write true or false",
}
NUMBER_FIX = "write a plain number with a decimal point and no thousands separator"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted_path(path) -> str:
    """A file's path for DuckDB's readers, which take *, ? and [ for patterns."""
    return quoted("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path)))


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def plainness(column: str, actual: str) -> str:
    """SQL aggregate: does no value of the column need mending? Text that is never empty or 'NULL'; doubles that are numbers without dust in twelve decimals.

    Such a column is read as it lies: of five million lines that is most of the reading.
    """
    if actual.upper() == "VARCHAR":
        return f"not coalesce(bool_or({column} in ('', 'NULL')), false)"
    return f"not coalesce(bool_or(not abs({column}) < 1000), false)" if actual.upper() == "DOUBLE" else "false"


class Conversions:
    def __init__(self, macro_folder: Path):
        environment = jinja2.Environment(extensions=["jinja2.ext.do"])
        self._timestamp = environment.from_string((macro_folder / "to_utc_timestamp.sql").read_text()).module.duckdb__to_utc_timestamp
        self._money = environment.from_string((macro_folder / "to_money.sql").read_text()).module.duckdb__to_money

    def convert(self, expression: str, actual: str, declared: str, is_plain: bool = False) -> tuple[str, bool]:
        """The SQL, and whether it can fail on a value (turn something into null). is_plain: see plainness()."""
        actual, declared = actual.upper(), declared.lower()
        if is_plain and (actual, declared) == ("VARCHAR", "varchar"):
            return expression, False
        if is_plain and (actual, declared) == ("DOUBLE", "decimal(38, 12)"):
            return f"cast({expression} as decimal(38, 12))", False
        if declared == "varchar":
            return self._to_text(expression, actual), False
        if declared.startswith("map"):
            return f"cast({expression} as {declared})", False
        if actual in ("FLOAT", "DOUBLE"):  # pandas writes missing integers as NaN
            expression = f"case when not isnan({expression}) then {expression} end"
        if declared == "timestamp":
            if actual == "TIMESTAMP WITH TIME ZONE":
                return f"timezone('UTC', {expression})", False
            if actual.startswith("TIMESTAMP") or actual == "DATE":
                return f"cast({expression} as timestamp)", False
            return self._timestamp(self._trimmed(expression)).strip(), True
        if declared == "date":
            if actual == "DATE":
                return expression, False
            stamp, can_fail = self.convert(expression, actual, "timestamp")
            return f"cast({stamp} as date)", can_fail
        if declared == "decimal(38, 12)" and actual in ("DOUBLE", "FLOAT"):
            # By way of its shortest text 12345.678901 stays that, and brings no binary dust. Below a thousand a double has no dust in twelve decimals, and the cast is far quicker.
            slow = self._money(f"cast({expression} as varchar)").strip()
            return (f"case when abs({expression}) < 1000 then cast(cast({expression} as decimal(18, 12)) as decimal(38, 12)) else {slow} end" if actual == "DOUBLE" else slow), False
        if declared == "decimal(38, 12)" and actual == "VARCHAR":
            return self._money(expression).strip(), True
        if actual == declared.upper().replace(" ", ""):
            return expression, False
        if declared in ("bigint", "boolean") and actual == "VARCHAR":
            # '12.0' and '1.2e3' are whole numbers too; 'True' and 'yes' are booleans.
            number = f"case when try_cast({expression} as double) = trunc(try_cast({expression} as double)) then try_cast(try_cast({expression} as double) as bigint) end"
            return (f"coalesce(try_cast({expression} as bigint), {number})" if declared == "bigint" else f"try_cast(lower(trim({expression})) as boolean)"), True
        safe = declared == "bigint" and actual in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
        return (f"cast({expression} as {declared})" if safe else f"try_cast({expression} as {declared})"), not safe

    @staticmethod
    def _to_text(expression: str, actual: str) -> str:
        if actual == "VARCHAR":
            return f"nullif(nullif({expression}, ''), 'NULL')"
        if actual == "TIMESTAMP WITH TIME ZONE":
            return f"cast(timezone('UTC', {expression}) as varchar)"
        if actual in ("FLOAT", "DOUBLE"):
            return f"case when not isnan({expression}) then cast({expression} as varchar) end"
        if actual.startswith(("MAP", "STRUCT")) or actual.endswith("]"):
            return f"cast(to_json({expression}) as varchar)"
        return f"cast({expression} as varchar)"

    @staticmethod
    def _trimmed(expression: str) -> str:
        return f"trim(cast({expression} as varchar))"

    @staticmethod
    def complaint(column: str, expression: str, converted: str, declared: str, show_value: bool) -> str:
        """SQL text for the value that could not be read, null when it could."""
        shown = f"' is ''' || substr(cast({expression} as varchar), 1, 60) || ''': '" if show_value else "': '"
        return (
            f"case when {expression} is not null and ({converted}) is null "
            f"then {quoted(column)} || {shown} || {quoted(f'not a {declared}; ' + FIXES.get(declared, NUMBER_FIX))} end"
        )
