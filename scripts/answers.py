"""The questions of the README and their answers on the sample, kept true.

    python scripts/answers.py            rewrites the answer below each SQL block of README.md
    python scripts/answers.py --check    exit 1 and the first difference, if an answer in README.md is not what the warehouse says

An answer is the Markdown table between the comments <!-- answer --> and <!-- /answer --> that follow a ```sql block. Nothing else in the file is touched.
"""

from __future__ import annotations

import argparse
import datetime
import difflib
import re
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
from apportion_dbt import ROOT, warehouse_path

README = ROOT / "README.md"
BLOCK = re.compile(r"(```sql\n(?P<sql>.*?)```\n+)<!-- answer -->\n.*?<!-- /answer -->", re.DOTALL)


def cell(value: object) -> str:
    """A value as people read it: money with two decimals and separators, no null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (Decimal, float)):
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value).replace("|", r"\|")


def table(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The result of one query as a Markdown table, numbers to the right.

    Raises duckdb.Error when the query is wrong: a README must not show it.
    """
    result = connection.execute(sql)
    header = [column[0] for column in result.description]
    rows = result.fetchall()
    right = [any(isinstance(row[index], (int, float, Decimal)) for row in rows) for index in range(len(header))]
    lines = [header, ["--:" if is_right else ":--" for is_right in right], *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def answered(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The same text with every answer as the warehouse gives it now."""
    return BLOCK.sub(lambda block: f"{block[1]}<!-- answer -->\n{table(connection, block['sql'])}\n<!-- /answer -->", text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when an answer is not true")
    parser.add_argument("--warehouse", type=Path, default=warehouse_path(), help="the sample's warehouse")
    options = parser.parse_args(arguments)
    text = README.read_text(encoding="utf-8")
    with duckdb.connect(str(options.warehouse), read_only=True) as connection:
        true_text = answered(text, connection)
    if not options.check:
        README.write_text(true_text, encoding="utf-8")
        return 0
    sys.stdout.writelines(line + "\n" for line in difflib.unified_diff(text.splitlines(), true_text.splitlines(), "README.md", "the sample's warehouse", lineterm=""))
    return int(text != true_text)


if __name__ == "__main__":
    sys.exit(main())
