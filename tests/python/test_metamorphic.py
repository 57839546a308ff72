"""Law 5 and 6 on the whole build: what changes nothing in the world changes nothing in the ledger.

Each test writes the small company in another way (an event cut in two, rows and files in another order, everything delivered twice, day by day instead of at once), builds it from
nothing, and compares the ledgers row by row and column by column.
"""

from __future__ import annotations

import copy
import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company as small

LEDGER = "+fct_cost_allocations"


@pytest.fixture(scope="module")
def policy(tmp_path_factory) -> Path:
    return small.write_policy(tmp_path_factory.mktemp("policy"))


@pytest.fixture(scope="module")
def plain(build, policy, tmp_path_factory) -> Path:
    """The ledger all others must equal."""
    landing = small.write(tmp_path_factory.mktemp("plain"), small.tables())
    return build(landing, policy, LEDGER)


def differences(one: Path, other: Path, limit: int = 6) -> str:
    """The rows that are in one ledger only, readable."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        ledger = "marts.fct_cost_allocations"
        columns = [row[0] for row in connection.execute(f"describe one.{ledger}").fetchall()]
        lines = []
        for mark, first, second in (("-", "one", "other"), ("+", "other", "one")):
            rows = connection.execute(f"select * from {first}.{ledger} except all select * from {second}.{ledger} order by all limit {limit}").fetchall()
            lines += [f"{mark} " + ", ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True) if value is not None) for row in rows]
    return "\n".join(lines)


def test_the_small_company_reaches_every_layer_and_step(plain):
    """Without this the tests below could compare next to nothing."""
    with duckdb.connect(str(plain), read_only=True) as connection:
        layers, steps, teams = (
            {row[0] for row in connection.execute(f"select distinct {column} from marts.fct_cost_allocations").fetchall()} for column in ("layer", "allocation_step", "team")
        )
        billed = connection.execute("select sum(billed_cost) from marts.fct_cost_allocations").fetchone()[0]
    assert layers >= {"inference", "agents", "gpu", "retrieval", "storage", "egress", "other"}
    assert steps >= {"metered", "idle", "shared", "unallocated"}
    assert teams >= {"support", "search", "growth", "unallocated"}
    assert billed == sum(Decimal(line["line_item_unblended_cost"]) for line in small.bill())


def test_an_event_cut_in_two_changes_nothing(build, policy, plain, landing):
    tables = small.tables()
    for folder, rows in tables.items():
        tables[folder] = [part for row in rows for part in halves(folder, row)]
    assert sum(map(len, tables.values())) > sum(map(len, small.tables().values())) + 15
    assert differences(plain, build(small.write(landing, tables), policy, LEDGER)) == ""


def halves(folder: str, row: dict) -> list[dict]:
    """The same use as two records, unequal where that is possible."""
    one, two = copy.deepcopy(row), copy.deepcopy(row)
    if folder == "llm_calls":
        two["call_id"] += "-b"
        for name in [name for name in row if name.endswith("_tokens")]:
            one[name] = row[name] // 3
            two[name] = row[name] - one[name]
    elif folder == "gpu_pods":
        one["ended_at"] = two["scheduled_at"] = row["scheduled_at"] + timedelta(minutes=17)
    elif folder == "node_hours":
        one["ended_at"] = two["started_at"] = row["started_at"] + timedelta(minutes=95)
    elif folder == "vector_queries":
        two["query_id"] += "-b"
        one["query_units"], two["query_units"] = row["query_units"] / 4, row["query_units"] * 3 / 4
    elif folder == "vpc_flow_logs":
        one["end"] = two["start"] = (row["start"] + row["end"]) // 2
        one["bytes"] = row["bytes"] // 3
        two["bytes"] = row["bytes"] - one["bytes"]
    else:
        return [row]
    return [one, two]


def test_the_order_of_rows_and_files_changes_nothing(build, policy, plain, landing):
    """Rows shuffled, each file cut into two, names that sort the other way round."""
    tables = small.shuffled(small.tables(), seed=7)
    small.write(landing, {folder: rows[: len(rows) // 2] for folder, rows in tables.items()}, name="zz-late")
    small.write(landing, {folder: rows[len(rows) // 2 :] for folder, rows in tables.items()}, name="aa-early")
    assert differences(plain, build(landing, policy, LEDGER)) == ""


def test_everything_delivered_twice_changes_nothing(build, policy, plain, landing):
    """Each telemetry file again under another name, byte for byte; the bill as a second delivery; the calls also in another format and order."""
    tables = small.tables()
    small.write(landing, tables)
    small.write(landing, tables, name="again", delivery=small.SECOND_DELIVERY)
    (landing / "llm_calls" / "resent").mkdir()
    (landing / "llm_calls" / "resent" / "calls.jsonl").write_text(small.as_jsonl(small.shuffled(tables, seed=3)["llm_calls"]))
    assert differences(plain, build(landing, policy, LEDGER)) == ""


def test_day_by_day_equals_at_once(build, policy, landing):
    """The second day brings its telemetry, a call of the first day that comes late, and a bill that replaces the first one; a line of it went down."""
    tables = small.tables()
    first_day = {folder: [row for row in rows if row not in late(folder, rows) and not of_second_day(folder, row)] for folder, rows in tables.items()}
    second_day = {folder: [row for row in rows if folder in small.BILLS or row not in first_day[folder]] for folder, rows in tables.items()}
    assert late("llm_calls", tables["llm_calls"])[0] in second_day["llm_calls"]
    for line in first_day["aws_cur2"]:
        line["line_item_unblended_cost"] = str(Decimal(line["line_item_unblended_cost"]) + 1)

    small.write(landing, first_day, name="day-1")
    warehouse = build(landing, policy, LEDGER)
    small.write(landing, second_day, name="day-2", delivery=small.SECOND_DELIVERY)
    build(landing, policy, LEDGER, onto=warehouse)

    assert differences(build(landing, policy, LEDGER), warehouse) == "", "a continued build differs from one from nothing"


def test_day_by_day_ends_at_the_plain_ledger(build, policy, plain, landing):
    """With the last bill equal to the plain one, nothing remains of how it came about."""
    tables = small.tables()
    first_day = {folder: [row for row in rows if not of_second_day(folder, row)] for folder, rows in tables.items()}
    second_day = {folder: [row for row in rows if folder in small.BILLS or row not in first_day[folder]] for folder, rows in tables.items()}
    small.write(landing, first_day, name="day-1")
    warehouse = build(landing, policy, LEDGER)
    assert differences(plain, warehouse) != "", "half the company can not have the whole ledger"
    small.write(landing, second_day, name="day-2", delivery=small.SECOND_DELIVERY)
    assert differences(plain, build(landing, policy, LEDGER, onto=warehouse)) == ""


def of_second_day(folder: str, row: dict) -> bool:
    day = small.DAYS[1]
    if folder == "vpc_flow_logs":
        return row["start"] >= (day - small.datetime(1970, 1, 1)).total_seconds()
    moment = next(row[name] for name in ("line_item_usage_start_date", "usage_date", "started_at", "scheduled_at", "queried_at", "occurred_at") if name in row)
    return str(moment)[:10] >= f"{day:%Y-%m-%d}"


def late(folder: str, rows: list[dict]) -> list[dict]:
    return rows[3:4] if folder == "llm_calls" else []


def test_two_equal_lines_of_one_delivery_both_count(build, policy, plain, landing):
    """The reverse of the above: a bill holds true twins, and dropping one would lose money."""
    tables = small.tables()
    twin = next(line for line in tables["aws_cur2"] if line["line_item_usage_type"] == "BoxUsage:m5.large")
    tables["aws_cur2"].append(copy.deepcopy(twin))
    warehouse = build(small.write(landing, tables), policy, LEDGER)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{plain}' as plain (read_only); attach '{warehouse}' as twin (read_only)")
        more = connection.execute("select (select sum(billed_cost) from twin.marts.fct_cost_allocations) - (select sum(billed_cost) from plain.marts.fct_cost_allocations)").fetchone()[0]
    assert more == Decimal(twin["line_item_unblended_cost"])


def test_files_of_another_source_change_nothing(build, policy, plain, landing):
    """A folder nobody reads, an unreadable file and an empty one are named and left; the rest stands."""
    small.write(landing, small.tables())
    (landing / "holiday_photos").mkdir()
    (landing / "holiday_photos" / "sea.jpg").write_bytes(b"\xff\xd8\xff\xe0 no bill")
    (landing / "aws_cur2" / "main" / small.FIRST_DELIVERY / "cut-off.parquet").write_bytes(b"PAR1 and no more")
    shutil.copy(landing / "outcomes" / "part-0.csv", landing / "outcomes" / "part-1.csv")
    (landing / "llm_calls" / "empty.csv").write_text("")
    warehouse = build(landing, policy, LEDGER)
    assert differences(plain, warehouse) == ""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        status = dict(connection.execute("select file_path, status from staging.landing_files").fetchall())
    assert {path.split("/")[-1]: state for path, state in status.items() if "cut-off" in path} == {"cut-off.parquet": "unreadable"}
