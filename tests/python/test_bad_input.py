"""Everything that arrives instead of a bill, side by side with good bills, in one build.

Each bad file or line must end as a row of quarantined_rows that names the file, the row, what is wrong and what to do; and the good lines, in the same file or beside it, must count to
the last one.
"""

from __future__ import annotations

import decimal
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import apportion_dbt
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bill_examples import STAGED, Bill, Row, as_csv, bills

ROOT = Path(__file__).resolve().parents[2]
COSTS = itertools.count(1)


@dataclass
class Case:
    """One file: what it holds, what must become of it."""

    name: str
    content: Callable[[Bill, list[Row]], bytes | str | pa.Table]
    status: str = "loaded"
    says: str | None = None  # of the file
    good: int = 3  # lines that must count
    bad: dict[int, str] = field(default_factory=dict)  # row number -> what its reason says, by the loader
    staged: dict[int, str] = field(default_factory=dict)  # likewise, by the staging model, or by the loader where the column is declared with a type
    needs_tags: bool = False
    not_for: tuple[str, ...] = ()  # kinds of bill that take it otherwise, as their own tests say


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bill.csv", text)
    return out.getvalue()


def with_line(rows: list[Row], line: str, place: int = 1) -> str:
    """The rows as CSV, and a line in between."""
    lines = as_csv(rows).splitlines()
    return "\n".join([*lines[: place + 1], line, *lines[place + 1 :]]) + "\n"


def as_jsonl(rows: list[Row]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def worded(name: str, joint: str, dress: Callable[[str], str]) -> str:
    """A header in another dress: BilledCost, billed_cost -> Billed Cost, BILLED-COST, ..."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in name).replace("_", " ").split()
    return joint.join(dress(word) for word in words)


def dressed(rows: list[Row], joint: str, dress: Callable[[str], str]) -> str:
    return as_csv([{worded(name, joint, dress): value for name, value in row.items()} for row in rows])


def table(bill: Bill, rows: list[Row]) -> pa.Table:
    """Types as engines write them: money as a decimal, text as a dictionary, times as INT96."""
    columns = {}
    for name in bill.row:
        values = [row[name] for row in rows]
        if name == bill.cost:
            columns[name] = pa.array([decimal.Decimal(value) for value in values], pa.decimal128(38, 18))
        elif "2026" in str(values[0]) and "T" in str(values[0]):
            columns[name] = pa.array([datetime.fromisoformat(value.rstrip("Z")) for value in values], pa.timestamp("ns"))
        else:
            columns[name] = pa.array(values).dictionary_encode()
    return pa.table(columns)


CASES = [
    Case("good.csv", lambda bill, rows: as_csv(rows)),
    # No bill at all
    Case("cut.csv.gz", lambda bill, rows: gzip.compress(as_csv(rows * 200).encode())[:-9], "unreadable", "damaged or cut off", 0),
    Case("plain.csv.gz", lambda bill, rows: as_csv(rows), "unreadable", "take .gz off its name", 0),
    Case("packed.csv", lambda bill, rows: gzip.compress(as_csv(rows).encode()), "unreadable", "add .gz to its name", 0),
    Case("archive.csv", lambda bill, rows: zipped(as_csv(rows)), "unreadable", "unpack it", 0),
    Case("archive.csv.zip", lambda bill, rows: zipped(as_csv(rows) + " "), "unreadable", "unpack it", 0),
    Case("page.csv", lambda bill, rows: "<!DOCTYPE html>\n<html><title>502</title>\n<p>a, b</p></html>\n", "unreadable", "HTML or XML page", 0),
    Case("page.json", lambda bill, rows: "<html><body>Access denied</body></html>", "unreadable", "HTML or XML page", 0),
    Case("error.xml.json", lambda bill, rows: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "unreadable", "HTML or XML page", 0),
    Case("error.json", lambda bill, rows: '{"error": {"code": "Unauthorized", "message": "token expired"}}', "unreadable", "'{\"error\": {\"code\": \"Unauthorized\"", 0),
    Case("errors.jsonl", lambda bill, rows: '{"message": "Rate exceeded", "code": 429}\n', "unreadable", "error message and no export", 0),
    Case("cut.json", lambda bill, rows: json.dumps(rows)[:-20], "unreadable", "Malformed JSON", 0),
    Case("wrong_delimiter.csv", lambda bill, rows: as_csv(rows, "^"), "unreadable", "single column", 0),
    Case("renamed.csv", lambda bill, rows: as_csv(rows).replace(bill.cost, "PaidAmount", 1), "unreadable", "rename the column", 0),
    Case("empty.csv", lambda bill, rows: b"", "unreadable", "0 bytes", 0),
    Case("cut.parquet", lambda bill, rows: b"PAR1" + as_csv(rows).encode(), "unreadable", "no complete Parquet file", 0),
    Case("text.parquet", lambda bill, rows: as_csv(rows), "unreadable", "no complete Parquet file", 0),
    Case("report.xlsx", lambda bill, rows: zipped("sheet"), "ignored", "convert the file", 0),
    Case("header_only.csv", lambda bill, rows: as_csv(rows).splitlines()[0] + "\n", "loaded", "a header and no rows", 0),
    Case("no_rows.parquet", lambda bill, rows: table(bill, rows).slice(0, 0), "loaded", "no rows", 0),
    # Bad lines among good ones
    Case("big_cell.csv", lambda bill, rows: with_line(rows, '"' + "x" * 10_000_000 + '"'), bad={2: "line size over maximum"}),
    Case("zero_byte.csv", lambda bill, rows: with_line(rows, "\0\0\0" + as_csv(rows).splitlines()[1]), bad={2: "zero byte"}),
    Case("zero_tail.csv", lambda bill, rows: as_csv(rows) + "\0" * 4096, bad={4: "zero byte"}),
    Case("open_quote.csv", lambda bill, rows: with_line(rows, '"torn,line'), bad={2: "a quote is opened and not closed"}),
    Case("open_quote_at_the_end.csv", lambda bill, rows: with_line(rows, '"torn,line', 3), bad={4: "a quote is opened and not closed"}),
    Case("joined.csv", lambda bill, rows: as_csv(rows[:1]) + as_csv(rows[1:]), bad={2: "the line repeats the header"}),
    Case("joined_bom.csv", lambda bill, rows: "\ufeff" + as_csv(rows[:1]) + "\ufeff" + as_csv(rows[1:]), bad={2: "the line repeats the header"}),
    Case("short_total.csv", lambda bill, rows: as_csv(rows) + "Total,6\n", bad={4: "missing columns"}),
    Case("broken.jsonl", lambda bill, rows: as_jsonl(rows[:1]) + '{"torn": \n' + as_jsonl(rows[1:]), bad={2: "not valid JSON"}),
    Case("zero_byte.jsonl", lambda bill, rows: as_jsonl(rows[:1]) + '{"torn": "\0"}\n' + as_jsonl(rows[1:]), bad={2: "not valid JSON"}),
    Case("total.csv", lambda bill, rows: with_line(rows, ",".join("6" if name == bill.cost else "" for name in bill.row), 3), staged={4: "needed"}),
    Case("word_total.csv", lambda bill, rows: as_csv([*rows, bill.line("Total")]), staged={4: "is 'Total': "}),
    Case("no_number.csv", lambda bill, rows: as_csv([rows[0], bill.line("12 EUR"), bill.line("1e999"), bill.line("NaN"), bill.line(""), *rows[1:]]),
         staged={2: "is '12 EUR': ", 3: "is '1e999'", 4: "is 'NaN'", 5: "is empty: a number is needed"}),
    Case("decimal_comma.csv", lambda bill, rows: as_csv([rows[0], bill.line("1,5"), *rows[1:]]), staged={2: "is '1,5': "}, not_for=("azure_actual_costs", "azure_amortized_costs")),
    Case("python_tags.csv", lambda bill, rows: as_csv([rows[0], bill.line("9", **{bill.tags: "{'team': 'search'}"}), *rows[1:]]), staged={2: "JSON object"}, needs_tags=True),
    # Odd, and good to the last line
    Case("latin.csv", lambda bill, rows: as_csv([{**row, bill.text: "Größe"} for row in rows]).encode("latin-1"), says="3 lines are not UTF-8 and were read as Latin-1"),
    Case("utf16.csv", lambda bill, rows: as_csv(rows).encode("utf-16")),
    Case("utf16_unmarked.csv", lambda bill, rows: as_csv(rows).encode("utf-16-le")),
    Case("utf16.jsonl", lambda bill, rows: as_jsonl(rows).encode("utf-16")),
    Case("bom.csv", lambda bill, rows: "\ufeff" + as_csv(rows)),
    Case("bom.jsonl", lambda bill, rows: "\ufeff" + as_jsonl(rows)),
    Case("mixed_ends.csv", lambda bill, rows: as_csv(rows, end="\r\n").replace("\r\n", "\n", 2)),
    Case("bare_returns.csv", lambda bill, rows: as_csv(rows, end="\r")),
    Case("blank_lines.csv", lambda bill, rows: as_csv(rows).replace("\n", "\n\n")),
    Case("semicolons.csv", lambda bill, rows: as_csv(rows, ";")),
    Case("future.csv", lambda bill, rows: as_csv([{"x_New": "1", **row, "Brand New Column": "é,\n2"} for row in rows])),
    Case("future.parquet", lambda bill, rows: table(bill, rows).append_column("x_new", pa.array([[1], None, [2, 3]]))),
    Case("upper.csv", lambda bill, rows: dressed(rows, "_", str.upper)),
    Case("spaces.csv", lambda bill, rows: dressed(rows, " ", str.title)),
    Case("hyphens.csv", lambda bill, rows: dressed(rows, "-", str.lower)),
    Case("camel.jsonl", lambda bill, rows: as_jsonl([{worded(name, "", str.title): value for name, value in row.items()} for row in rows])),
    Case("types.parquet", lambda bill, rows: table(bill, rows)),
    Case("spark.parquet/part-00000-c000.snappy.parquet", lambda bill, rows: table(bill, rows)),
    Case("spark.parquet/_SUCCESS", lambda bill, rows: b"", status="absent", good=0),
    Case("spark.parquet/.part-00000-c000.snappy.parquet.crc", lambda bill, rows: b"crc", status="absent", good=0),
    Case("spark.csv/part-00000.csv", lambda bill, rows: as_csv(rows)),
    # A delivery on its way
    Case("run/part-1.csv", lambda bill, rows: as_csv(rows), "waiting", "part-2.csv is not there", 0),
    Case("run/x-Manifest.json", lambda bill, rows: json.dumps({"reportKeys": ["s/run/part-1.csv", "s/run/part-2.csv"]}), "manifest", "not complete", 0),
]  # fmt: skip

BILLS = {bill.folder: bill for bill in bills(ROOT)}


def cases_of(bill: Bill) -> list[Case]:
    return [case for case in CASES if (bill.tags or not case.needs_tags) and bill.folder not in case.not_for]


EACH = [pytest.param(bill, case, id=f"{bill.folder}-{case.name}") for bill in BILLS.values() for case in cases_of(bill)]


def write(path: Path, content: bytes | str | pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, pa.Table):
        pq.write_table(content, path, use_deprecated_int96_timestamps=True)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@dataclass
class Built:
    landing: Path
    project: Path
    files: dict[str, dict]
    quarantined: dict[tuple[str, int | None], str]
    kinds: dict[str, set[str]]
    loaded: dict[str, Decimal]  # folder -> what the loader let through, where it is a number
    staged: dict[str, Decimal]
    expected: dict[str, Decimal]


@pytest.fixture(scope="module")
def built(build, tmp_path_factory) -> Built:
    landing = tmp_path_factory.mktemp("bad") / "landing"
    expected = {}
    for folder, bill in BILLS.items():
        expected[folder] = Decimal(0)
        for case in cases_of(bill):
            rows = [bill.line(f"{next(COSTS)}.25") for _ in range(3)]
            if case.good:
                expected[folder] += sum(Decimal(row[bill.cost]) for row in rows)
            write(landing / folder / "vendor" / case.name, case.content(bill, rows))
    warehouse = build(landing, select="+quarantined_rows")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute("select * from staging.landing_files")
        names = [column[0] for column in found.description]
        files = {row["file_path"]: row for row in (dict(zip(names, values)) for values in found.fetchall())}
        quarantined = connection.execute("select source_file, source_row_number, kind, reason from marts.quarantined_rows").fetchall()
        staged = {
            folder: connection.execute(f"select sum(billed_cost) from staging.{STAGED[folder]} where x_quarantine_reason is null").fetchone()[0] for folder in BILLS if folder in STAGED
        }
        kinds: dict[str, set[str]] = {}
        for path, _, kind, _ in quarantined:
            kinds.setdefault(path, set()).add(kind)
    return Built(landing, warehouse.parents[1], files, {(path, number): reason for path, number, _, reason in quarantined}, kinds, {}, staged, expected)


@pytest.mark.parametrize(("bill", "case"), EACH)
def test_every_file_says_what_became_of_it(built: Built, bill: Bill, case: Case) -> None:
    file = built.files.get(f"{bill.folder}/vendor/{case.name}")
    if case.status == "absent":
        assert file is None
        return
    assert file["status"] == case.status, file["reason"]
    assert file["rows_loaded"] + file["rows_rejected"] == case.good + len(case.staged) + len(case.bad), file["reason"]
    assert len(case.bad) <= file["rows_rejected"] <= len(case.bad) + len(case.staged)
    if case.says:
        assert case.says in file["reason"]
    elif case.status == "loaded":
        assert file["reason"] is None


@pytest.mark.parametrize(("bill", "case"), EACH)
def test_every_bad_file_and_line_is_in_quarantine_with_its_place_reason_and_fix(built: Built, bill: Bill, case: Case) -> None:
    path = f"{bill.folder}/vendor/{case.name}"
    found = {number: reason for (file, number), reason in built.quarantined.items() if file == path}
    if case.status in ("unreadable", "ignored", "waiting"):
        assert built.kinds[path] == {f"file_{case.status}"}
        assert list(found) == [None] and case.says in found[None]
        return
    if not bill.is_staged:
        return
    wanted = {**case.bad, **case.staged}
    assert sorted(found) == sorted(wanted), found
    for number, says in wanted.items():
        assert says in found[number]
        assert any(fix in found[number] for fix in ("deliver", "Deliver", "Export", "export", "rite ", "Download")), f"no fix: {found[number]}"


@pytest.mark.parametrize("folder", [folder for folder in BILLS if folder in STAGED])
def test_the_good_lines_count_to_the_last_one(built: Built, folder: str) -> None:
    assert built.staged[folder] == built.expected[folder]


def test_a_line_in_another_encoding_does_not_spoil_its_neighbours(tmp_path: Path) -> None:
    import landing as loader

    write(tmp_path / "landing/focus/a.csv", "BilledCost,ChargePeriodStart,ProviderName\n1,2026-09-02,Zürich\n".encode() + "2,2026-09-02,Zürich\n".encode("latin-1"))
    with duckdb.connect() as connection:
        loader.load(connection, tmp_path / "landing", tmp_path / "policy", ROOT)
        assert connection.execute("select provider_name from raw.focus order by billed_cost").fetchall() == [("Zürich",), ("Zürich",)]


def test_a_bill_that_counted_and_can_no_longer_be_read_stops_the_build_before_the_marts(built: Built) -> None:
    """All of one bill's files become an error page over night. The marts stay as they were; without this they would show less money and say nothing."""
    bill = next(iter(BILLS.values()))
    for path in sorted((built.landing / bill.folder).rglob("*.*")):
        if path.is_file():
            path.write_text("<html>503</html>")
    outcome = rebuild(built)
    assert not outcome.success
    assert [node.name for node in outcome.failed] == ["assert_no_bill_that_counted_is_lost"]
    assert "quarantined_rows" in [node.name for node in outcome.skipped]
    with duckdb.connect(str(built.project / "warehouse" / "apportion.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.quarantined_rows").fetchone()[0] == len(built.quarantined)
        lost = connection.execute("select sum(rows_lost), count(distinct rows_lost) from staging.landing_files where source = ? and file_path like '%/vendor/good.csv'", [bill.folder]).fetchone()
    assert lost[0] > 3
    assert not rebuild(built).success, "a second attempt is no reason to forget the bill"
    for path in sorted((built.landing / bill.folder).rglob("*.*")):
        if path.is_file():
            path.unlink()
    assert rebuild(built).success, "who takes the files away wants the marts without them"


def rebuild(built: Built) -> apportion_dbt.Outcome:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("APPORTION_LANDING", str(built.landing))
        return apportion_dbt.run_dbt(["build", "--select", "landing_files", "assert_no_bill_that_counted_is_lost", "quarantined_rows", "--indirect-selection", "empty"], project=built.project)
